//! Writes the template of this package.

fn main() {
    redrive_infra::build();
}

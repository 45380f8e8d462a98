//! Writes the template that deploys this package.

fn main() {
    redrive_infra::build();
}

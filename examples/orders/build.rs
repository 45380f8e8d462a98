fn main() {
    redrive_infra::build();
}

//! `cargo redrive`
fn main() {}

mod orders;

fn main() {}
//@ by the compiler

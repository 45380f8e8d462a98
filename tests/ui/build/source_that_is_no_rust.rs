fn main() {
    println!("nothing to see";
}
//@ by the compiler

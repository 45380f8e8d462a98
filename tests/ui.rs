//! What must not compile, and what the user reads then.

#[rustversion::attr(not(stable(1.95)), ignore = "the texts are those of one compiler")]
#[test]
fn ui() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}

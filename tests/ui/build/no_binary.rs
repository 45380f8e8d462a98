//- src/lib.rs
//! A package that others use.

//! The shapes of the paths that an attribute names, which let the compiler choose between
//! implementations.

/// The shape of what the user names, if it is right.
pub enum Right {}

/// The shape of a `flush` without the state.
pub enum Stateless {}

/// A second shape, which nothing has. With one impl to choose from, the compiler
/// would report that impl's bounds; with two it reports the trait.
pub enum Wrong {}

/// Implemented for nothing.
pub trait Never {}

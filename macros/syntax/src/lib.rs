//! The front end that redrive's macro and its build script share: an attribute
//! and a signature in, one checked [`Function`] or all that is wrong with it
//! out.

pub mod function;
pub mod schedule;

pub use function::Function;

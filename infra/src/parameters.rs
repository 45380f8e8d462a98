//! The names of the template's parameters, for programs that set them.

use redrive_syntax::Function;

use crate::plan::{Ids, Part};

/// The parameter that is `false` while the function is paused.
pub fn enabled(function: &Function) -> String {
    Ids::new(function).of(Part::Enabled)
}

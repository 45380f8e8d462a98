//! The front end that redrive's macro and its build script share: an attribute
//! and a signature in, one checked [`Function`] or all that is wrong with it
//! out.
//!
//! It is an implementation detail of redrive: its items change without notice.

mod attribute;
mod doubt;
pub mod environment;
pub mod errors;
pub mod function;
pub mod keys;
mod nearest;
mod nesting;
mod options;
mod pair;
pub mod reference;
pub mod rules;
pub mod schedule;
pub mod signature;
mod tokens;
mod value;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;

pub use errors::{Errors, Place};
pub use function::Function;
pub use nearest::nearest;
pub use options::Paths;
pub use rules::Warning;
pub use signature::Handler;
pub use value::show;

/// All that is known of one `#[sqs_batch]` function.
pub struct Parsed {
    /// The checked function; meaningless if there are errors.
    pub function: Function,
    /// The signature; `None` if it cannot be used.
    pub handler: Option<Handler>,
    /// The attribute's values that are Rust.
    pub paths: Paths,
    /// What is not wrong, but likely not meant.
    pub warnings: Vec<Warning>,
    /// All that is wrong.
    pub errors: Errors,
}

/// Reads the attribute's arguments and the item below it.
///
/// Never panics; what is wrong is in [`Parsed::errors`].
pub fn parse(attribute: TokenStream, item: TokenStream) -> Parsed {
    let mut errors = Errors::default();
    let handler = signature::parse(item, &mut errors);
    let given = attribute::parse(attribute, &mut errors);
    let name = handler
        .as_ref()
        .map(|handler| handler.name.unraw().to_string())
        .unwrap_or_default();
    let options = options::Options::read(&name, given, &mut errors);
    if let Some(handler) = &handler {
        check_state(handler, &options, &mut errors);
    }
    let warnings = match &handler {
        Some(handler) => {
            let mut warnings = rules::check(&options, &mut errors);
            if options.are_known(&["allow"]) {
                warnings.extend(handler.warning(&options.function.allow));
            }
            // What a mistake is about may be what was allowed.
            if errors.is_empty() {
                warnings.extend(rules::unneeded(&options.function.allow, &warnings));
            }
            warnings
        }
        None => Vec::new(),
    };
    Parsed {
        function: options.function,
        handler,
        paths: options.paths,
        warnings,
        errors,
    }
}

fn check_state(handler: &Handler, options: &options::Options, errors: &mut Errors) {
    match (&handler.state, options.key_place("init")) {
        (Some(state), None) if options.are_known(&["init"]) => errors.push(
            "handler_state",
            Place::of(state),
            "nothing builds the state; add `init = path` with an `async fn() -> Result<S, E>`",
        ),
        (None, Some(key)) => errors.push(
            "handler_state",
            key,
            "`init` builds a state that the handler does not take; add `state: &S` behind the message, or remove `init`",
        ),
        _ => {}
    }
}

#[cfg(test)]
mod tests;

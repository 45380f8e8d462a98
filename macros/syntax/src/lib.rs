//! The front end that redrive's macro and its build script share: an attribute
//! and a signature in, one checked [`Function`] or all that is wrong with it
//! out.
//!
//! It is an implementation detail of redrive: its items change without notice.

mod alarms;
mod allow;
mod arn;
mod attribute;
pub mod catalog;
pub mod diagnostic;
pub mod duration;
pub mod environment;
pub mod function;
mod group;
pub mod idempotent;
pub mod kms_key;
mod message_key;
mod nearest;
mod open_keys;
mod options;
mod pair;
pub mod parameter_text;
mod place;
mod policy_arn;
mod pollers;
mod queue_name;
pub mod queues;
mod reader;
pub mod reference;
mod rounds;
pub mod rules;
pub mod schedule;
pub mod senders;
mod setting;
pub mod signature;
pub mod tags;
mod tokens;
mod value;

use proc_macro2::TokenStream;

pub use diagnostic::{Diagnostic, Diagnostics, Edit, Fix, Manifest, Rejected, wrapped};
pub use function::{Function, Paths};
pub use message_key::MessageKey;
pub use nearest::nearest;
pub use parameter_text::ParameterText;
pub use place::Place;
pub use policy_arn::check as check_policy_arn;
pub use redrive_model::duration::{show, written};
pub use redrive_model::keys;
pub use setting::TemplateValue;
pub use signature::Handler;

/// All that is known of one `#[sqs_batch]` function.
pub struct Parsed {
    /// The checked function; meaningless if there are errors.
    pub function: Function,
    /// The signature; `None` if it cannot be used.
    pub handler: Option<Handler>,
    /// The attribute's values that are Rust.
    pub paths: Paths,
    /// The key of `idempotent`.
    pub key: Option<MessageKey>,
    /// All that is wrong, and what is likely not meant.
    pub diagnostics: Diagnostics,
}

/// Reads the attribute's arguments and the item below it.
///
/// Never panics; what is wrong is in [`Parsed::diagnostics`].
pub fn parse(attribute: TokenStream, item: TokenStream) -> Parsed {
    let mut diagnostics = Diagnostics::default();
    let (name, handler) = signature::parse(item, &mut diagnostics);
    let given = attribute::parse(attribute, &mut diagnostics);
    let mut options = options::Options::read(name.as_ref(), given, &mut diagnostics);
    let mut key = None;
    if let Some(handler) = &handler {
        key = message_key::message_key(handler, &options, &mut diagnostics);
        let function = &mut options.function;
        if !function.topics.is_empty() && function.raw.is_none() {
            function.raw = Some(!handler.is_sns());
        }
        check_state(handler, &options, &mut diagnostics);
    }
    rules::check(&options, &mut diagnostics);
    if let Some(warning) = handler.as_ref().and_then(Handler::warning)
        && options.are_known(&["allow"])
    {
        diagnostics.push(Diagnostic {
            accepted: options.allows(warning.rule),
            ..warning
        });
    }
    // What is wrong may be what was allowed.
    if !diagnostics.has_errors() {
        let broken: Vec<_> = diagnostics.iter().map(|one| one.rule).collect();
        let unneeded = rules::unneeded(&options.function.allow, &broken);
        unneeded.into_iter().for_each(|one| diagnostics.push(one));
    }
    Parsed {
        function: options.function,
        handler,
        paths: options.paths,
        key,
        diagnostics,
    }
}

fn check_state(handler: &Handler, options: &options::Options, diagnostics: &mut Diagnostics) {
    match (&handler.state, options.find("init")) {
        (Some(state), None) if options.are_known(&["init"]) => diagnostics.add(
            &catalog::HANDLER_STATE,
            Place::of(state),
            "no function builds the state",
            "add `init = path` with an `async fn() -> Result<S, E>`",
        ),
        (None, Some(init)) => diagnostics.push(
            Diagnostic::new(
                &catalog::HANDLER_STATE,
                init.place,
                "`init` builds a state, but the handler has no parameter for it",
            )
            .help("add `state: &S` after the message")
            .fix(Fix::remove("init")),
        ),
        _ => {}
    }
}

#[cfg(test)]
mod tests;

//! The idempotency key of a message, in Rust.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::Expr;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::group;
use crate::idempotent::{MESSAGE_ID, first};
use crate::options::Options;
use crate::place::Place;
use crate::signature::Handler;
use crate::tokens::{excerpt, text};
use crate::value::What;

/// A message's key, in Rust.
#[derive(Clone)]
pub enum MessageKey {
    /// The id that SQS gives the message.
    Id,
    /// The message or a field of it. The first token is the parameter's name.
    Field(Ident, TokenStream),
    /// The path of a `fn(&M) -> impl Display`.
    Function(syn::Path),
}

/// The key in Rust. A field must begin with the name of the message's parameter.
pub(crate) fn message_key(
    handler: &Handler,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Option<MessageKey> {
    options.function.idempotent.as_ref()?;
    let given = options.find("idempotent")?;
    let key = group::find(&given.value, "key")?;
    let parameter = handler.parameter.as_ref();
    let is_parameter = |ident: &Ident| parameter.is_some_and(|parameter| parameter == ident);
    match &key.what {
        What::Path(path) => match path.get_ident() {
            Some(ident) if is_parameter(ident) => {
                Some(MessageKey::Field(ident.clone(), ident.to_token_stream()))
            }
            Some(ident) if ident == MESSAGE_ID => Some(MessageKey::Id),
            _ => Some(MessageKey::Function(path.clone())),
        },
        What::Field(field) => {
            let ident = first(field)?;
            if !is_parameter(ident) {
                diagnostics.push(not_the_parameter(ident, field, handler));
                return None;
            }
            Some(MessageKey::Field(ident.clone(), field.to_token_stream()))
        }
        _ => None,
    }
}

fn not_the_parameter(ident: &Ident, field: &Expr, handler: &Handler) -> Diagnostic {
    let name = excerpt(&ident.to_string());
    let (problem, help) = match &handler.parameter {
        Some(parameter) => {
            let problem = format!("`{name}` is not the message, whose parameter is `{parameter}`");
            let field = text(field.to_token_stream());
            let rest = field.strip_prefix(&ident.to_string()).unwrap_or(&field);
            (problem, format!("write `key = {parameter}{rest}`"))
        }
        None => (
            format!("`{name}` is not the message, whose parameter has no name"),
            format!(
                "write the parameter as `{name}: {}`, and take it apart in the function",
                excerpt(&text(handler.message.to_token_stream()))
            ),
        ),
    };
    Diagnostic::new(&catalog::IDEMPOTENT_KEY, Place::of(ident), problem).help(help)
}

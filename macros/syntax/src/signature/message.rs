//! What cannot be a message, as far as its name tells.

use syn::{GenericArgument, Generics, PathArguments, PathSegment, Type, TypePath};

use super::show;
use crate::diagnostic::Diagnostics;
use crate::place::Place;
use crate::rules::catalog;

/// The message's type; `lifetimes` are those of the function, if it has nothing
/// else to be generic in.
pub(super) fn check(
    message: &Type,
    lifetimes: Option<&Generics>,
    errors: &mut Diagnostics,
) -> Option<Type> {
    let Some((span, mut refusal, borrows)) = refusal(message) else {
        return Some(message.clone());
    };
    if let Some(lifetimes) = lifetimes.filter(|_| borrows) {
        refusal = format!("{refusal}, and remove `{}`", show(lifetimes));
    }
    errors.report(&catalog::HANDLER_MESSAGE, span, refusal);
    None
}

/// Where and why, and whether it is for what the type borrows.
fn refusal(message: &Type) -> Option<(Place, String, bool)> {
    let own = |text: &str| Some((Place::of(message), text.to_owned(), false));
    match message {
        Type::Reference(reference) => {
            let way_out = match &*reference.elem {
                Type::Path(path) if path.path.is_ident("str") => {
                    "take `redrive::Text` for the body as it is, or `String` for a JSON string"
                        .to_owned()
                }
                inner => format!("write `{}`", show(inner)),
            };
            let text = format!("the message is passed by value; {way_out}");
            Some((Place::of(message), text, true))
        }
        Type::ImplTrait(_) => {
            own("the message's type decides how it is read; name it instead of `impl …`")
        }
        Type::Infer(_) => own("the message's type decides how it is read; name it"),
        Type::Path(path) if let Some((span, text)) = no_body(path) => Some((span, text, false)),
        _ => borrowed(message).map(|span| {
            let text = "the message is decoded anew for each attempt and cannot borrow; use owned fields such as `String`";
            (span, text.to_owned(), true)
        }),
    }
}

/// What no body is read as.
fn no_body(path: &TypePath) -> Option<(Place, String)> {
    let last = path.path.segments.last()?;
    match last.ident.to_string().as_str() {
        name @ ("SqsEvent" | "LambdaEvent" | "SqsBatchResponse") => Some((
            Place::of(path),
            format!(
                "the handler takes one message, not a batch; write the type of its body instead of `{name}`"
            ),
        )),
        _ => sqs_message(path),
    }
}

/// Also within another type: `Option<SqsMessage>` is an empty one whatever the
/// body holds.
fn sqs_message(path: &TypePath) -> Option<(Place, String)> {
    let last = path.path.segments.last()?;
    if last.ident == "SqsMessage" {
        let refusal = "`SqsMessage` would be read from the body, not from the record; take `redrive::Raw`, which derefs to it";
        return Some((Place::of(path), refusal.to_owned()));
    }
    arguments(last).find_map(|argument| match argument {
        GenericArgument::Type(Type::Path(inner)) => sqs_message(inner),
        _ => None,
    })
}

/// What in the type borrows, by its name: a reference, or a type with a
/// lifetime, within others too.
fn borrowed(message: &Type) -> Option<Place> {
    match message {
        Type::Reference(reference) => Some(Place::of(reference)),
        Type::Path(path) => path.path.segments.iter().find_map(|segment| {
            arguments(segment).find_map(|argument| match argument {
                GenericArgument::Lifetime(lifetime) if lifetime.ident != "static" => {
                    Some(Place::of(&segment.ident))
                }
                GenericArgument::Type(inner) => borrowed(inner),
                _ => None,
            })
        }),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(borrowed),
        Type::Array(array) => borrowed(&array.elem),
        Type::Paren(inner) => borrowed(&inner.elem),
        Type::Group(inner) => borrowed(&inner.elem),
        _ => None,
    }
}

fn arguments(segment: &PathSegment) -> impl Iterator<Item = &GenericArgument> {
    let listed = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter()),
        _ => None,
    };
    listed.into_iter().flatten()
}

//! Types that cannot be a message, as far as their names show.

use syn::{GenericArgument, Generics, PathArguments, PathSegment, Type};

use super::{last_segment, show};
use crate::catalog::HANDLER_MESSAGE;
use crate::diagnostic::Diagnostics;
use crate::place::Place;

/// The message's type; `lifetimes` are those of the function, if it is generic in
/// nothing else.
pub(super) fn check(
    message: &Type,
    lifetimes: Option<&Generics>,
    errors: &mut Diagnostics,
) -> Option<Type> {
    let place = Place::of(message);
    let (place, problem, help) = match (message, borrowed(message)) {
        (Type::Reference(reference), _) => {
            let help = match &*reference.elem {
                Type::Path(path) if path.path.is_ident("str") => {
                    "take `redrive::Text` for the unchanged body, or `String` for a JSON string"
                        .to_owned()
                }
                inner => format!("write `{}`", show(inner)),
            };
            let problem = "the message is passed by value, not by reference";
            (place, problem, without(lifetimes, help))
        }
        (Type::ImplTrait(_) | Type::Infer(_), _) => {
            let problem = "the message's type decides how the body is read, so it needs a name";
            (place, problem, "write the type".to_owned())
        }
        _ if is_batch(message) => (
            place,
            "the handler gets one message, not a batch",
            format!(
                "write the type of a message's body instead of `{}`",
                show(message)
            ),
        ),
        _ if record(message).is_some() => (
            record(message)?,
            "`SqsMessage` would be read from the body, not from the record",
            "write `redrive::Raw`, which derefs to it".to_owned(),
        ),
        (_, Some(borrowed)) => (
            borrowed,
            "the message is read again for each attempt, so it cannot borrow",
            without(lifetimes, "use owned fields such as `String`".to_owned()),
        ),
        _ => return Some(message.clone()),
    };
    errors.add(&HANDLER_MESSAGE, place, problem, help);
    None
}

/// The help for a message that borrows.
fn without(lifetimes: Option<&Generics>, help: String) -> String {
    match lifetimes {
        Some(lifetimes) => format!("{help}, and remove `{}`", show(lifetimes)),
        None => help,
    }
}

fn is_batch(message: &Type) -> bool {
    let batches = ["SqsEvent", "LambdaEvent", "SqsBatchResponse"];
    last_segment(message).is_some_and(|last| batches.iter().any(|batch| last.ident == batch))
}

/// Where `SqsMessage` is, also within another type: `Option<SqsMessage>` would be an
/// empty one for every body.
fn record(message: &Type) -> Option<Place> {
    let last = last_segment(message)?;
    match last.ident == "SqsMessage" {
        true => Some(Place::of(message)),
        false => inner(last).find_map(record),
    }
}

pub(super) fn is_sns(message: &Type) -> bool {
    last_segment(message).is_some_and(|last| {
        last.ident == "Sns" || (last.ident == "Message" && inner(last).any(is_sns))
    })
}

/// The types in the angle brackets.
fn inner(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    arguments(segment).filter_map(|argument| match argument {
        GenericArgument::Type(inner) => Some(inner),
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

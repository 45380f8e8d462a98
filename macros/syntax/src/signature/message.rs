//! Types that cannot be a message, as far as their names show.

use syn::{GenericArgument, Generics, PathArguments, PathSegment, Type, TypePath};

use super::show;
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
        (Type::Path(path), _) if is_batch(path) => (
            place,
            "the handler gets one message, not a batch",
            format!(
                "write the type of a message's body instead of `{}`",
                show(path)
            ),
        ),
        (Type::Path(path), _) if record(path).is_some() => (
            record(path)?,
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

fn is_batch(path: &TypePath) -> bool {
    let batches = ["SqsEvent", "LambdaEvent", "SqsBatchResponse"];
    let last = path.path.segments.last();
    last.is_some_and(|last| batches.iter().any(|batch| last.ident == batch))
}

/// Where `SqsMessage` is, also within another type: `Option<SqsMessage>` would be an
/// empty one for every body.
fn record(path: &TypePath) -> Option<Place> {
    let last = path.path.segments.last()?;
    if last.ident == "SqsMessage" {
        return Some(Place::of(path));
    }
    arguments(last).find_map(|argument| match argument {
        GenericArgument::Type(Type::Path(inner)) => record(inner),
        _ => None,
    })
}

pub(super) fn is_sns(message: &Type) -> bool {
    let Type::Path(path) = message else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| {
        let is_inner = |argument: &GenericArgument| match argument {
            GenericArgument::Type(inner) => is_sns(inner),
            _ => false,
        };
        last.ident == "Sns" || (last.ident == "Message" && arguments(last).any(is_inner))
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

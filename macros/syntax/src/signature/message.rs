//! Types that cannot be a message, as far as their names show.

use syn::{GenericArgument, Generics, PathArguments, PathSegment, Type, TypePath};

use super::show;
use crate::catalog;
use crate::diagnostic::Diagnostics;
use crate::place::Place;

/// The message's type; `lifetimes` are those of the function, if it is generic in
/// nothing else.
pub(super) fn check(
    message: &Type,
    lifetimes: Option<&Generics>,
    errors: &mut Diagnostics,
) -> Option<Type> {
    let Some(Refusal {
        place,
        problem,
        mut help,
        borrows,
    }) = refusal(message)
    else {
        return Some(message.clone());
    };
    if let Some(lifetimes) = lifetimes.filter(|_| borrows) {
        help = format!("{help}, and remove `{}`", show(lifetimes));
    }
    errors.add(&catalog::HANDLER_MESSAGE, place, problem, help);
    None
}

struct Refusal {
    place: Place,
    problem: String,
    help: String,
    /// Whether the reason is what the type borrows.
    borrows: bool,
}

fn refuse(place: Place, problem: impl Into<String>, help: impl Into<String>) -> Refusal {
    Refusal {
        place,
        problem: problem.into(),
        help: help.into(),
        borrows: false,
    }
}

fn refusal(message: &Type) -> Option<Refusal> {
    let place = Place::of(message);
    match message {
        Type::Reference(reference) => {
            let help = match &*reference.elem {
                Type::Path(path) if path.path.is_ident("str") => {
                    "take `redrive::Text` for the unchanged body, or `String` for a JSON string"
                        .to_owned()
                }
                inner => format!("write `{}`", show(inner)),
            };
            let refusal = refuse(
                place,
                "the message is passed by value, not by reference",
                help,
            );
            Some(Refusal {
                borrows: true,
                ..refusal
            })
        }
        Type::ImplTrait(_) => Some(refuse(
            place,
            "the message's type decides how the body is read, so it needs a name",
            "write the type instead of `impl …`",
        )),
        Type::Infer(_) => Some(refuse(
            place,
            "the message's type decides how the body is read, so it cannot be inferred",
            "write the type",
        )),
        Type::Path(path) => no_body(path).or_else(|| borrowed_in(message)),
        _ => borrowed_in(message),
    }
}

fn borrowed_in(message: &Type) -> Option<Refusal> {
    let refusal = refuse(
        borrowed(message)?,
        "the message is read again for each attempt, so it cannot borrow",
        "use owned fields such as `String`",
    );
    Some(Refusal {
        borrows: true,
        ..refusal
    })
}

/// A type that no body is read as.
fn no_body(path: &TypePath) -> Option<Refusal> {
    let last = path.path.segments.last()?;
    match last.ident.to_string().as_str() {
        name @ ("SqsEvent" | "LambdaEvent" | "SqsBatchResponse") => Some(refuse(
            Place::of(path),
            "the handler gets one message, not a batch",
            format!("write the type of a message's body instead of `{name}`"),
        )),
        _ => sqs_message(path),
    }
}

/// Also within another type: `Option<SqsMessage>` would be an empty one for every
/// body.
fn sqs_message(path: &TypePath) -> Option<Refusal> {
    let last = path.path.segments.last()?;
    if last.ident == "SqsMessage" {
        return Some(refuse(
            Place::of(path),
            "`SqsMessage` would be read from the body, not from the record",
            "write `redrive::Raw`, which derefs to it",
        ));
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

//! A result that is a future already.

use syn::{
    GenericArgument, PathArguments, PathSegment, ReturnType, Type, TypeParamBound, TypePath,
};

use super::show;

/// What an `async fn` would return instead of this future; `None` if it is none.
pub(super) fn future(output: &ReturnType) -> Option<String> {
    match output {
        ReturnType::Type(_, result) => output_of(result),
        ReturnType::Default => None,
    }
}

fn output_of(result: &Type) -> Option<String> {
    match result {
        Type::ImplTrait(future) => future.bounds.iter().find_map(of_bound),
        Type::TraitObject(future) => future.bounds.iter().find_map(of_bound),
        Type::Path(TypePath { path, .. }) => {
            let last = path.segments.last()?;
            match last.ident.to_string().as_str() {
                "Pin" | "Box" => types(last).find_map(output_of),
                "BoxFuture" | "LocalBoxFuture" => types(last).next().map(show),
                _ => None,
            }
        }
        _ => None,
    }
}

fn of_bound(bound: &TypeParamBound) -> Option<String> {
    let TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let future = bound.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &future.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(output) if future.ident == "Future" => Some(show(&output.ty)),
        _ => None,
    })
}

fn types(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter()),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        })
}

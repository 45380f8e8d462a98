//! The function below the attribute: its name, message, state and result. The
//! body is not read, so that half-typed code still gets its completions.

mod half_typed;
mod message;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use redrive_model::limits::HANDLER_CHARACTERS;
use redrive_model::names::REDRIVE_HANDLER_SUFFIX;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Generics, Lifetime, Pat, PatType,
    PathArguments, PathSegment, ReturnType, Safety, Signature, Token, Type, TypeParamBound,
    Visibility,
};

use crate::catalog::*;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::place::Place;

/// What the suffix leaves of a handler's characters.
const LONGEST_NAME: usize = HANDLER_CHARACTERS - REDRIVE_HANDLER_SUFFIX.len();

/// What the macro needs of the function's signature.
pub struct Handler {
    /// The function's name.
    pub name: Ident,
    /// The parameter of the message, if it has a name.
    pub parameter: Option<Ident>,
    /// `M` of `message: M`.
    pub message: Type,
    /// `S` of `state: &S`.
    pub state: Option<Type>,
    /// The return type.
    pub result: Type,
}

impl Handler {
    /// Whether the message is SNS's, by the last segment of its type's path; also as the
    /// body of a `Message<…>`.
    pub fn is_sns(&self) -> bool {
        message::is_sns(&self.message)
    }

    /// A warning about a signature that compiles, but is likely not intended.
    pub(crate) fn warning(&self) -> Option<Diagnostic> {
        let list = last_segment(&self.message).filter(|last| last.ident == "Vec")?;
        let problem = format!(
            "`{}` reads a JSON array from the body of each message",
            show(list)
        );
        let warning = Diagnostic::new(&HANDLER_MESSAGE_LIST, Place::of(&self.message), problem);
        Some(warning.help("write the type of one message unless the bodies are arrays"))
    }
}

/// Reads the item below the attribute: the function's name, and the handler if it can
/// be used.
pub fn parse(item: TokenStream, errors: &mut Diagnostics) -> (Option<Ident>, Option<Handler>) {
    let (item, body) = split_body(item);
    let (attributes, signature) = match read_signature.parse2(item.clone()) {
        Ok(read) => read,
        // The compiler has reported what is missing.
        Err(_) if half_typed::is_half_typed(item.clone()) => return (None, None),
        Err(_) => {
            let token = item.into_iter().find(not_an_attribute);
            let span = token.map_or_else(Span::call_site, |token| token.span());
            let problem = "`#[sqs_batch]` applies to a function only";
            let help = "move it to the `async fn` that handles one message";
            errors.add(&HANDLER_FUNCTION, span, problem, help);
            return (None, None);
        }
    };
    if let Some(second) = attributes.iter().find(|attribute| is_sqs_batch(attribute)) {
        let problem = "the function has two `#[sqs_batch]` attributes";
        let help = "write all keys in one of them";
        errors.add(&DUPLICATE_KEY, Place::of(second.path()), problem, help);
    }
    let handler = match runtime_macro(&attributes, &signature, body) {
        Some(place) => {
            let problem = "`#[tokio::main]` cannot be combined with `#[sqs_batch]`, which starts the runtime itself";
            let help = "remove `#[tokio::main]`";
            errors.add(&HANDLER_MAIN_MACRO, place, problem, help);
            None
        }
        None => check(&signature, errors),
    };
    // The default of `queue` has as many characters.
    let is_short = |name: &Ident| length(name) <= LONGEST_NAME;
    (Some(signature.ident).filter(is_short), handler)
}

fn length(name: &Ident) -> usize {
    name.to_string().chars().count()
}

/// Where a macro such as `#[tokio::main]` is; or the function that it has already
/// expanded, which is not async any more and starts a runtime.
fn runtime_macro(
    attributes: &[Attribute],
    signature: &Signature,
    body: Option<TokenTree>,
) -> Option<Place> {
    let is_main = |attribute: &&Attribute| {
        let segments = &attribute.path().segments;
        segments.len() == 2 && segments[0].ident == "tokio" && segments[1].ident == "main"
    };
    if let Some(attribute) = attributes.iter().find(is_main) {
        return Some(Place::of(attribute.path()));
    }
    let body = body.filter(|_| signature.asyncness.is_none())?.to_string();
    let is_expanded = ["tokio", "Builder", "block_on"]
        .iter()
        .all(|name| body.contains(name));
    is_expanded.then(|| Place::of(&signature.ident))
}

/// Whether this is `#[sqs_batch]`, by whatever path.
pub fn is_sqs_batch(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "sqs_batch")
}

fn not_an_attribute(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() != '#',
        TokenTree::Group(group) => group.delimiter() != Delimiter::Bracket,
        _ => true,
    }
}

/// The item without the body at its end, and the body: it may be nested deeper than
/// `syn` can read.
pub fn split_body(item: TokenStream) -> (TokenStream, Option<TokenTree>) {
    let mut tokens: Vec<_> = item.into_iter().collect();
    let is_body = |token: &mut TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let body = tokens.pop_if(is_body);
    (tokens.into_iter().collect(), body)
}

fn read_signature(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Signature)> {
    let attributes = input.call(Attribute::parse_outer)?;
    input.parse::<Visibility>()?;
    let signature = input.parse::<Signature>()?;
    input.parse::<TokenStream>()?;
    Ok((attributes, signature))
}

fn check(signature: &Signature, errors: &mut Diagnostics) -> Option<Handler> {
    let before = errors.len();
    let name = &signature.ident;
    let result = result(&signature.output);
    if signature.asyncness.is_none() {
        let help = match result {
            Ok(_) => format!("write `async fn {name}`"),
            // A future, perhaps.
            Err(_) => format!("write `async fn {name}` and return `Result<(), E>`"),
        };
        let place = signature.fn_token.span();
        errors.add(&HANDLER_ASYNC, place, "the handler is not async", help);
    } else if let Err(place) = &result {
        let place = place.unwrap_or(name.span().into());
        let problem = "the handler does not return whether it completed the message";
        errors.add(&HANDLER_RESULT, place, problem, "return `Result<(), E>`");
    }
    let unsafety = match &signature.safety {
        Safety::Unsafe(keyword) => Some(("unsafe", Place::of(keyword))),
        _ => None,
    };
    let abi = signature.abi.as_ref().map(|abi| ("extern", Place::of(abi)));
    for (keyword, place) in unsafety.into_iter().chain(abi) {
        let problem = format!("the handler is `{keyword}`");
        errors.add(
            &HANDLER_PLAIN,
            place,
            problem,
            format!("remove `{keyword}`"),
        );
    }
    if name == "main" {
        let problem = "the handler is named `main`, like the function that the attribute generates";
        errors.add(&HANDLER_NAME, name.span(), problem, "rename it");
    }
    let length = length(name);
    if length > LONGEST_NAME {
        let problem = format!(
            "the name has {length} characters, but Lambda allows 128, with `.redrive` after it"
        );
        let help = format!("use at most {LONGEST_NAME} characters");
        errors.add(&HANDLER_NAME_LENGTH, name.span(), problem, help);
    }
    let (message, state) = parameters(signature, errors);
    // The fix for a message that borrows removes the lifetimes, too.
    if message.is_some() || !is_lifetimes(&signature.generics) {
        check_generics(&signature.generics, errors);
    }
    if errors.len() > before {
        return None;
    }
    Some(Handler {
        name: name.clone(),
        parameter: match signature.inputs.first().and_then(typed)?.pat.as_ref() {
            Pat::Ident(pattern) => Some(pattern.ident.clone()),
            _ => None,
        },
        message: message?,
        state,
        result: result.ok()?.clone(),
    })
}

fn check_generics(generics: &Generics, errors: &mut Diagnostics) {
    let place = Place::of(generics);
    let (place, problem, help) = if is_lifetimes(generics) {
        let help = format!("remove `{}`, and write `&S` for the state", show(generics));
        (place, "the handler has lifetime parameters", help)
    } else if !generics.params.is_empty() {
        let help = "write the types instead of generic parameters".to_owned();
        (place, "the handler is generic", help)
    } else if let Some(clause) = &generics.where_clause {
        let help = "remove the `where` clause".to_owned();
        (Place::of(clause), "the handler has a `where` clause", help)
    } else {
        return;
    };
    errors.add(&HANDLER_GENERIC, place, problem, help);
}

fn is_lifetimes(generics: &Generics) -> bool {
    let is_lifetime = |parameter| matches!(parameter, &GenericParam::Lifetime(_));
    !generics.params.is_empty() && generics.params.iter().all(is_lifetime)
}

fn parameters(signature: &Signature, errors: &mut Diagnostics) -> (Option<Type>, Option<Type>) {
    if let Some(receiver) = signature.receiver() {
        let help = "write a function, and replace `self` by `state: &S` with `init = path`";
        let problem = "the handler is a method";
        errors.add(&HANDLER_PARAMETERS, Place::of(receiver), problem, help);
        return (None, None);
    }
    let mut inputs = signature.inputs.iter().filter_map(typed);
    let Some(message) = inputs.next() else {
        let place = signature.paren_token.span.join();
        let help = format!("write `async fn {}(message: M)`", signature.ident);
        let problem = "the handler has no parameter for the message";
        errors.add(&HANDLER_PARAMETERS, place, problem, help);
        return (None, None);
    };
    let lifetimes = Some(&signature.generics).filter(|generics| is_lifetimes(generics));
    let message = message::check(&message.ty, lifetimes, errors);
    let state = inputs.next();
    let state = state.and_then(|state| check_state(&state.ty, errors));
    if let Some(third) = inputs.next() {
        let problem = "the handler has a third parameter; it gets a message and a state";
        let help = "remove this parameter";
        errors.add(&HANDLER_PARAMETERS, Place::of(third), problem, help);
    }
    (message, state)
}

fn typed(argument: &FnArg) -> Option<&PatType> {
    match argument {
        FnArg::Typed(argument) => Some(argument),
        FnArg::Receiver(_) => None,
    }
}

fn check_state(state: &Type, errors: &mut Diagnostics) -> Option<Type> {
    let is_static = |lifetime: &Lifetime| lifetime.ident == "static";
    let (reference, inner) = match bare(state) {
        Type::Reference(reference) => (Some(reference), bare(&reference.elem)),
        inner => (None, inner),
    };
    let owned = owned(inner);
    let (is_sized, shown) = (owned.is_none(), owned.unwrap_or_else(|| show(inner)));
    let (rule, problem, help) = match reference {
        Some(it) if it.mutability.is_some() => (
            &HANDLER_STATE,
            "the state is shared by all messages, so it cannot be borrowed mutably",
            format!("write `&{shown}`, with a `Mutex` for what changes"),
        ),
        Some(_) if !is_sized => (
            &HANDLER_STATE,
            "the state needs a type with a name and a known size: that which `init` returns",
            format!("write `&{shown}`"),
        ),
        Some(it) if it.lifetime.as_ref().is_some_and(is_static) => (
            &HANDLER_STATE,
            "the state is borrowed for one call, not for `'static`",
            format!("write `&{shown}`"),
        ),
        Some(_) => return Some(inner.clone()),
        None if last_segment(inner).is_some_and(|last| last.ident == "Context") => (
            &HANDLER_PARAMETERS,
            "the handler does not get Lambda's `Context`, since it is called for each message",
            "remove this parameter".to_owned(),
        ),
        None => (
            &HANDLER_STATE,
            "the state is shared by all messages, so the handler borrows it",
            format!("write `&{shown}`: `init = path` builds it once"),
        ),
    };
    errors.add(rule, Place::of(state), problem, help);
    None
}

/// The type without parentheses.
fn bare(of: &Type) -> &Type {
    match of {
        Type::Paren(of) => bare(&of.elem),
        Type::Group(of) => bare(&of.elem),
        of => of,
    }
}

/// The type that owns such a value, if `init` cannot return the value itself.
fn owned(state: &Type) -> Option<String> {
    let object = |bounds: &Punctuated<TypeParamBound, Token![+]>| {
        let named = |name: &str| {
            let mut bounds = bounds.iter().map(show);
            bounds.any(|bound| bound == name).then_some(String::new())
        };
        let shared = ["Send", "Sync"].map(|name| named(name).unwrap_or(format!(" + {name}")));
        format!("Box<dyn {}{}>", show(bounds), shared.concat())
    };
    Some(match state {
        Type::ImplTrait(state) => object(&state.bounds),
        Type::TraitObject(state) => object(&state.bounds),
        Type::Slice(slice) => format!("Vec<{}>", show(&slice.elem)),
        Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
        Type::Infer(_) => "S".to_owned(),
        _ => return None,
    })
}

/// The type of the result, or the place of what cannot be one.
fn result(output: &ReturnType) -> Result<&Type, Option<Place>> {
    match output {
        ReturnType::Default => Err(None),
        ReturnType::Type(_, result) if is_no_result(result) => Err(Some(Place::of(result))),
        ReturnType::Type(_, result) => Ok(result),
    }
}

/// Whether this cannot be `Result<(), E>`; an alias of it may have any name, and is
/// judged by its type.
fn is_no_result(result: &Type) -> bool {
    let Some(last) = last_segment(result) else {
        return true;
    };
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Result" => {
            let done = arguments.args.first();
            !matches!(done, Some(GenericArgument::Type(Type::Tuple(unit))) if unit.elems.is_empty())
        }
        _ => {
            let others = [
                "Option",
                "Poll",
                "Pin",
                "Box",
                "BoxFuture",
                "Vec",
                "String",
                "bool",
            ];
            others.iter().any(|other| last.ident == other)
        }
    }
}

/// The end of a type's path, with what is in its angle brackets.
fn last_segment(of: &Type) -> Option<&PathSegment> {
    match of {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn show(tokens: &impl quote::ToTokens) -> String {
    tokens
        .to_token_stream()
        .to_string()
        .replace(" :: ", "::")
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
}

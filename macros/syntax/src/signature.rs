//! The function below the attribute: its name, message, state and result. The
//! body is not read, so that half-typed code still gets its completions.

mod future;
mod half_typed;
mod message;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use redrive_model::limits::HANDLER_CHARACTERS;
use redrive_model::names::REDRIVE_HANDLER_SUFFIX;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Generics, PathArguments, ReturnType, Safety,
    Signature, Token, Type, TypeParamBound, TypeReference, Visibility,
};

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::place::Place;

/// What the suffix leaves of a handler's characters.
const LONGEST_NAME: usize = HANDLER_CHARACTERS - REDRIVE_HANDLER_SUFFIX.len();

/// What the macro needs of the function's signature.
pub struct Handler {
    /// The function's name.
    pub name: Ident,
    /// `M` of `message: M`.
    pub message: Type,
    /// `S` of `state: &S`.
    pub state: Option<Type>,
    /// The return type.
    pub result: Type,
}

impl Handler {
    /// A warning about a signature that compiles, but is likely not intended.
    pub(crate) fn warning(&self) -> Option<Diagnostic> {
        let Type::Path(path) = &self.message else {
            return None;
        };
        let last = path
            .path
            .segments
            .last()
            .filter(|last| last.ident == "Vec")?;
        let problem = format!(
            "`{}` reads a JSON array from the body of each message",
            show(last)
        );
        let place = Place::of(&self.message);
        Some(
            Diagnostic::new(&catalog::HANDLER_MESSAGE_LIST, place, problem)
                .help("write the type of one message unless the bodies are arrays"),
        )
    }
}

/// Reads the item below the attribute.
pub fn parse(item: TokenStream, errors: &mut Diagnostics) -> Option<Handler> {
    let (item, body) = split_body(item);
    let (attributes, signature) = match read_signature.parse2(item.clone()) {
        Ok(read) => read,
        // The compiler has reported what is missing.
        Err(_) if half_typed::is_half_typed(item.clone()) => return None,
        Err(_) => {
            let span = item
                .into_iter()
                .find(not_an_attribute)
                .map_or_else(Span::call_site, |token| token.span());
            errors.add(
                &catalog::HANDLER_FUNCTION,
                span,
                "`#[sqs_batch]` applies to a function only",
                "move it to the `async fn` that handles one message",
            );
            return None;
        }
    };
    if let Some(second) = attributes.iter().find(|attribute| is_sqs_batch(attribute)) {
        errors.add(
            &catalog::DUPLICATE_KEY,
            Place::of(second.path()),
            "the function has two `#[sqs_batch]` attributes",
            "write all keys in one of them",
        );
    }
    if let Some(place) = runtime_macro(&attributes, &signature, body) {
        errors.add(
            &catalog::HANDLER_MAIN_MACRO,
            place,
            "`#[tokio::main]` cannot be combined with `#[sqs_batch]`, which starts the runtime itself",
            "remove `#[tokio::main]`",
        );
        return None;
    }
    check(&signature, errors)
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
    let has = |name| body.contains(name);
    let starts_runtime = has("tokio") && has("Builder") && has("block_on");
    starts_runtime.then(|| Place::of(&signature.ident))
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
    let future = future::future(&signature.output).filter(|_| signature.asyncness.is_none());
    if signature.asyncness.is_none() {
        let help = match &future {
            Some(output) => format!("write `async fn {name}` and return `{output}`"),
            None => format!("write `async fn {name}`"),
        };
        let place = signature.fn_token.span();
        errors.add(
            &catalog::HANDLER_ASYNC,
            place,
            "the handler is not async",
            help,
        );
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        let place = unsafety.span();
        errors.add(
            &catalog::HANDLER_PLAIN,
            place,
            "the handler is `unsafe`",
            "remove `unsafe`",
        );
    }
    if let Some(abi) = &signature.abi {
        let place = Place::of(abi);
        errors.add(
            &catalog::HANDLER_PLAIN,
            place,
            "the handler is `extern`",
            "remove `extern`",
        );
    }
    if name == "main" {
        errors.add(
            &catalog::HANDLER_NAME,
            name.span(),
            "the handler is named `main`, like the function that the attribute generates",
            "rename it",
        );
    }
    let length = name.to_string().chars().count();
    if length > LONGEST_NAME {
        errors.add(
            &catalog::HANDLER_NAME_LENGTH,
            name.span(),
            format!(
                "the name has {length} characters, but Lambda allows 128, with `.redrive` after it"
            ),
            format!("use at most {LONGEST_NAME} characters"),
        );
    }
    if signature.variadic.is_some() {
        errors.add(
            &catalog::HANDLER_PARAMETERS,
            Place::of(&signature.variadic),
            "the handler is variadic",
            "take a message, and a state if it is needed",
        );
    }
    let (message, state) = parameters(signature, errors);
    // The fix for a message that borrows removes the lifetimes, too.
    if message.is_some() || !is_lifetimes(&signature.generics) {
        check_generics(&signature.generics, errors);
    }
    let result = match future {
        Some(_) => None,
        None => result(signature, errors),
    };
    if errors.len() > before {
        return None;
    }
    Some(Handler {
        name: name.clone(),
        message: message?,
        state,
        result: result?,
    })
}

fn check_generics(generics: &Generics, errors: &mut Diagnostics) {
    let (place, problem, help) = if is_lifetimes(generics) {
        (
            Place::of(generics),
            "the handler has lifetime parameters",
            format!("remove `{}`, and write `&S` for the state", show(generics)),
        )
    } else if !generics.params.is_empty() {
        (
            Place::of(generics),
            "the handler is generic",
            "write the types instead of generic parameters".to_owned(),
        )
    } else if let Some(clause) = &generics.where_clause {
        (
            Place::of(clause),
            "the handler has a `where` clause",
            "remove the `where` clause".to_owned(),
        )
    } else {
        return;
    };
    errors.add(&catalog::HANDLER_GENERIC, place, problem, help);
}

fn is_lifetimes(generics: &Generics) -> bool {
    let is_lifetime = |parameter| matches!(parameter, &GenericParam::Lifetime(_));
    !generics.params.is_empty() && generics.params.iter().all(is_lifetime)
}

fn parameters(signature: &Signature, errors: &mut Diagnostics) -> (Option<Type>, Option<Type>) {
    let mut inputs = signature.inputs.iter();
    let name = &signature.ident;
    if let Some(receiver) = signature.receiver() {
        errors.add(
            &catalog::HANDLER_PARAMETERS,
            Place::of(receiver),
            "the handler is a method",
            "write a function, and replace `self` by `state: &S` with `init = path`",
        );
        return (None, None);
    }
    let mut next = || match inputs.next() {
        Some(FnArg::Typed(argument)) => Some(&*argument.ty),
        _ => None,
    };
    let Some(message) = next() else {
        errors.add(
            &catalog::HANDLER_PARAMETERS,
            signature.paren_token.span.join(),
            "the handler has no parameter for the message",
            format!("write `async fn {name}(message: M)`"),
        );
        return (None, None);
    };
    let lifetimes = Some(&signature.generics).filter(|generics| is_lifetimes(generics));
    let message = message::check(message, lifetimes, errors);
    let state = next().and_then(|state| check_state(state, errors));
    if let Some(third) = signature.inputs.iter().nth(2) {
        errors.add(
            &catalog::HANDLER_PARAMETERS,
            Place::of(third),
            "the handler has a third parameter; it gets a message and a state",
            "remove this parameter",
        );
    }
    (message, state)
}

fn check_state(state: &Type, errors: &mut Diagnostics) -> Option<Type> {
    let (rule, problem, help) = match state {
        Type::Reference(reference) if reference.mutability.is_some() => (
            &catalog::HANDLER_STATE,
            "the state is shared by all messages, so it cannot be borrowed mutably",
            format!(
                "write `&{}`, with a `Mutex` for what changes",
                show(&reference.elem)
            ),
        ),
        Type::Reference(reference) => match sized(&reference.elem) {
            Some(_) if is_static(reference) => (
                &catalog::HANDLER_STATE,
                "the state is borrowed for one call, not for `'static`",
                format!("write `&{}`", show(&reference.elem)),
            ),
            Some(state) => return Some(state.clone()),
            None => (
                &catalog::HANDLER_STATE,
                "the state needs a type with a name and a known size: that which `init` returns",
                format!("write `&{}`", owned(&reference.elem)),
            ),
        },
        Type::Path(path)
            if path
                .path
                .segments
                .last()
                .is_some_and(|it| it.ident == "Context") =>
        {
            (
                &catalog::HANDLER_PARAMETERS,
                "the handler does not get Lambda's `Context`, since it is called for each message",
                "remove this parameter".to_owned(),
            )
        }
        _ => (
            &catalog::HANDLER_STATE,
            "the state is shared by all messages, so the handler borrows it",
            format!("write `&{}`: `init = path` builds it once", show(state)),
        ),
    };
    errors.add(rule, Place::of(state), problem, help);
    None
}

fn is_static(reference: &TypeReference) -> bool {
    let lifetime = reference.lifetime.as_ref();
    lifetime.is_some_and(|lifetime| lifetime.ident == "static")
}

/// The type, if it can be that of a value which `init` returns.
fn sized(state: &Type) -> Option<&Type> {
    match state {
        Type::ImplTrait(_) | Type::TraitObject(_) | Type::Slice(_) | Type::Infer(_) => None,
        Type::Path(path) if path.path.is_ident("str") => None,
        state => Some(state),
    }
}

/// The type that owns such a value.
fn owned(state: &Type) -> String {
    let object = |bounds: &Punctuated<TypeParamBound, Token![+]>| {
        let named = |name: &str| {
            let mut bounds = bounds.iter().map(show);
            bounds.any(|bound| bound == name).then_some(String::new())
        };
        let shared = ["Send", "Sync"].map(|name| named(name).unwrap_or(format!(" + {name}")));
        format!("Box<dyn {}{}>", show(bounds), shared.concat())
    };
    match state {
        Type::ImplTrait(state) => object(&state.bounds),
        Type::TraitObject(state) => object(&state.bounds),
        Type::Slice(slice) => format!("Vec<{}>", show(&slice.elem)),
        Type::Path(_) => "String".to_owned(),
        _ => "S".to_owned(),
    }
}

fn result(signature: &Signature, errors: &mut Diagnostics) -> Option<Type> {
    let refused = match &signature.output {
        ReturnType::Default => signature.ident.span().into(),
        ReturnType::Type(_, result) if is_no_result(result) => Place::of(result),
        ReturnType::Type(_, result) => return Some((**result).clone()),
    };
    errors.add(
        &catalog::HANDLER_RESULT,
        refused,
        "the handler does not return whether it completed the message",
        "return `Result<(), E>`",
    );
    None
}

/// Whether this cannot be `Result<(), E>`; an alias of it may have any name, and is
/// judged by its type.
fn is_no_result(result: &Type) -> bool {
    let Type::Path(path) = result else {
        return true;
    };
    let Some(last) = path.path.segments.last() else {
        return true;
    };
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Result" => {
            let done = arguments.args.first();
            !matches!(done, Some(GenericArgument::Type(Type::Tuple(unit))) if unit.elems.is_empty())
        }
        _ => matches!(
            last.ident.to_string().as_str(),
            "Option" | "Poll" | "Box" | "Vec" | "String" | "bool"
        ),
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

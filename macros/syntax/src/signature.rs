//! The function below the attribute: its name, message, state and result. The
//! body is not read, so that half-typed code still gets its completions.

mod future;
mod half_typed;
mod message;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use redrive_model::limits::HANDLER_CHARACTERS;
use redrive_model::names::REDRIVE_HANDLER_SUFFIX;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Generics, PathArguments, ReturnType, Safety,
    Signature, Type, Visibility,
};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::place::Place;
use crate::rules::catalog;

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
    /// What of the signature compiles but is likely not meant.
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

/// Reads the item that the attribute stands on.
pub fn parse(item: TokenStream, errors: &mut Diagnostics) -> Option<Handler> {
    let (item, _) = split_body(item);
    let (attributes, signature) = match read_signature.parse2(item.clone()) {
        Ok(read) => read,
        // The compiler has said what is missing.
        Err(_) if half_typed::is_half_typed(item.clone()) => return None,
        Err(_) => {
            let span = item
                .into_iter()
                .find(not_an_attribute)
                .map_or_else(Span::call_site, |token| token.span());
            errors.report(
                &catalog::HANDLER_FUNCTION,
                span,
                "`#[sqs_batch]` stands on an `async fn` of one message; move it to that function",
            );
            return None;
        }
    };
    if let Some(second) = attributes.iter().find(|attribute| is_sqs_batch(attribute)) {
        errors.report(
            &catalog::DUPLICATE_KEY,
            Place::of(second.path()),
            "`#[sqs_batch]` already stands on this function; write all keys in one attribute",
        );
    }
    check(&signature, errors)
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

/// The item without the body at its end, and that. Nobody reads it, and it may be
/// nested deeper than `syn` takes.
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
    if let Some(output) = &future {
        errors.report(
            &catalog::HANDLER_ASYNC,
            signature.fn_token.span(),
            format!("the handler is async; write `async fn {name}` and return `{output}`"),
        );
    } else if signature.asyncness.is_none() {
        errors.report(
            &catalog::HANDLER_ASYNC,
            signature.fn_token.span(),
            format!("the handler is async; write `async fn {name}`"),
        );
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        errors.report(
            &catalog::HANDLER_PLAIN,
            unsafety.span(),
            "the handler is called for every message; remove `unsafe`",
        );
    }
    if let Some(abi) = &signature.abi {
        errors.report(
            &catalog::HANDLER_PLAIN,
            Place::of(abi),
            "the handler is a plain Rust function; remove `extern`",
        );
    }
    if name == "main" {
        errors.report(
            &catalog::HANDLER_NAME,
            name.span(),
            "`main` is what the attribute writes; give the handler another name",
        );
    }
    let length = name.to_string().chars().count();
    if length > LONGEST_NAME {
        errors.report(&catalog::HANDLER_NAME_LENGTH,
            name.span(),
            format!("the name has {length} characters, and Lambda takes at most 128 with `.redrive` behind it; shorten it to {LONGEST_NAME}"),
        );
    }
    if signature.variadic.is_some() {
        errors.report(
            &catalog::HANDLER_PARAMETERS,
            Place::of(&signature.variadic),
            "the handler takes a message, and a state if it needs one",
        );
    }
    let (message, state) = parameters(signature, errors);
    // A message that borrows has been told to do without its lifetimes.
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
    if is_lifetimes(generics) {
        errors.report(
            &catalog::HANDLER_GENERIC,
            Place::of(generics),
            format!(
                "the handler needs no lifetimes; remove `{}`, and write `&S` for the state",
                show(generics)
            ),
        );
    } else if !generics.params.is_empty() {
        errors.report(
            &catalog::HANDLER_GENERIC,
            Place::of(generics),
            "the handler takes one type of message; name the types instead of generic parameters",
        );
    } else if let Some(clause) = &generics.where_clause {
        errors.report(
            &catalog::HANDLER_GENERIC,
            Place::of(clause),
            "the handler is not generic; remove the `where` clause",
        );
    }
}

fn is_lifetimes(generics: &Generics) -> bool {
    let is_lifetime = |parameter| matches!(parameter, &GenericParam::Lifetime(_));
    !generics.params.is_empty() && generics.params.iter().all(is_lifetime)
}

fn parameters(signature: &Signature, errors: &mut Diagnostics) -> (Option<Type>, Option<Type>) {
    let mut inputs = signature.inputs.iter();
    let name = &signature.ident;
    if let Some(receiver) = signature.receiver() {
        errors.report(&catalog::HANDLER_PARAMETERS,
            Place::of(receiver),
            "the handler is a free function; take the message by value, and what it needs as `state: &S` with `init = path`",
        );
        return (None, None);
    }
    let mut next = || match inputs.next() {
        Some(FnArg::Typed(argument)) => Some(&*argument.ty),
        _ => None,
    };
    let Some(message) = next() else {
        errors.report(
            &catalog::HANDLER_PARAMETERS,
            signature.paren_token.span.join(),
            format!("the handler takes the message; write `async fn {name}(message: M)`"),
        );
        return (None, None);
    };
    let lifetimes = Some(&signature.generics).filter(|generics| is_lifetimes(generics));
    let message = message::check(message, lifetimes, errors);
    let state = next().and_then(|state| check_state(state, errors));
    if let Some(third) = signature.inputs.iter().nth(2) {
        errors.report(
            &catalog::HANDLER_PARAMETERS,
            Place::of(third),
            "the handler takes a message and a state; remove this parameter",
        );
    }
    (message, state)
}

fn check_state(state: &Type, errors: &mut Diagnostics) -> Option<Type> {
    match state {
        Type::Reference(reference) if reference.mutability.is_none() => {
            Some((*reference.elem).clone())
        }
        Type::Reference(_) => {
            let text = "the state is shared by messages that are handled at once; take `&S`, with a `Mutex` inside for what changes";
            errors.report(&catalog::HANDLER_STATE, Place::of(state), text);
            None
        }
        _ => {
            errors.report(
                &catalog::HANDLER_STATE,
                Place::of(state),
                format!("the state is built once and lent; write `&{}`", show(state)),
            );
            None
        }
    }
}

fn result(signature: &Signature, errors: &mut Diagnostics) -> Option<Type> {
    let text = "the handler says whether the message is done; return `Result<(), E>`";
    let refused = match &signature.output {
        ReturnType::Default => signature.ident.span().into(),
        ReturnType::Type(_, result) if is_no_result(result) => Place::of(result),
        ReturnType::Type(_, result) => return Some((**result).clone()),
    };
    errors.report(&catalog::HANDLER_RESULT, refused, text);
    None
}

/// Whether this is surely no `Result<(), E>`; an alias of it may have any name,
/// and is judged by its type.
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

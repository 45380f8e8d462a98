//! Writes the generated code: a `main` of a few lines that hands the user's
//! function to the runtime.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use redrive_model::names::redrive_handler;
use redrive_model::policy::OnPermanent;
use redrive_model::setting::Setting as _;
use redrive_syntax::rules::catalog::{self, Rule};
use redrive_syntax::signature::split_body;
use redrive_syntax::{Diagnostics, Function, Handler, MessageKey, Parsed, Paths};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;

use crate::declared::Target;
use crate::settings;

/// The whole attribute: what is wrong, or the function and its `main`.
pub(crate) fn sqs_batch(
    attribute: TokenStream,
    item: &TokenStream,
    target: &Target,
) -> TokenStream {
    let Parsed {
        function,
        handler,
        paths,
        key,
        mut diagnostics,
        ..
    } = redrive_syntax::parse(attribute, item.clone());
    if let Some(handler) = &handler
        && !diagnostics.has_errors()
    {
        let wrong = target.check(&function, handler.name.span());
        wrong.into_iter().for_each(|one| diagnostics.push(one));
    }
    match handler {
        Some(handler) if !diagnostics.has_errors() => {
            let main = main(&function, &handler, &paths, key.as_ref());
            quote!(#item #main)
        }
        handler => {
            let handler = handler.filter(|_| !target.is_in_an_item(&function.name));
            let in_tests = handler.map(|handler| for_tests(&function, &handler, &paths));
            let kept = fallback(item, &diagnostics, target, &function.name);
            quote!(#kept #in_tests)
        }
    }
}

/// Keeps the item and a `main`, so that one mistake gives one error.
fn fallback(
    item: &TokenStream,
    diagnostics: &Diagnostics,
    target: &Target,
    function: &str,
) -> TokenStream {
    let is_about = |rule: &Rule| diagnostics.errors().any(|error| error.rule == rule);
    let kept = || {
        let (signature, body) = split_body(item.clone());
        let signature = without_attribute
            .parse2(signature.clone())
            .unwrap_or(signature);
        quote!(#signature #body)
    };
    // The compiler would overflow its own stack, or complain of a second `main`.
    let item = (!is_about(&catalog::HANDLER_NAME)).then(kept);
    let main = (!target.needs_no_main(function)).then(|| {
        quote!(
            pub(crate) fn main() {}
        )
    });
    let errors = diagnostics.to_compile_errors();
    quote!(#item #main #errors)
}

/// The item without a second `#[sqs_batch]`, which would be expanded next.
fn without_attribute(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut attributes = input.call(syn::Attribute::parse_outer)?;
    attributes.retain(|attribute| !redrive_syntax::signature::is_sqs_batch(attribute));
    let rest: TokenStream = input.parse()?;
    Ok(quote!(#(#attributes)* #rest))
}

/// Where the runtime is: `::redrive`, or what `crate = path` says.
fn runtime(user: &Paths) -> TokenStream {
    match &user.redrive {
        None => quote!(::redrive),
        Some(path) => quote!(#path),
    }
}

fn main(
    function: &Function,
    handler: &Handler,
    user: &Paths,
    key: Option<&MessageKey>,
) -> TokenStream {
    let redrive = runtime(user);
    let name = &handler.name;
    let message = &handler.message;
    let result = &handler.result;
    let settings = settings::expression(function);
    let manifest = redrive_model::names::MANIFEST;
    let calls_sqs =
        function.on_permanent != OnPermanent::Report || function.queue_backoff.is_some();
    let sqs = match (calls_sqs, function.rounds(), key) {
        (true, ..) => quote!(Sqs),
        (_, Some(_), _) => quote!(RedriveSqs),
        (_, None, Some(_)) => quote!(IdempotentSqs),
        (_, None, None) => quote!(NoSqs),
    };
    let idempotency = idempotency(function, key);
    let redrive_function = match function.dlq_redrive {
        Some(_) => quote!(Redrive),
        None => quote!(NoRedrive),
    };
    let state = state(handler, user);
    let call = call(handler);
    let is_permanent = user.is_permanent.as_ref().map(is_permanent);
    let flush = user.flush.as_ref().map(flush);
    let abort = panic_abort(function, name.span());
    let message_type = quote_spanned!(message.span()=> type Message = #message;);
    let output_type = quote_spanned!(result.span()=> type Output = #result;);
    let (function_type, declaration) = function_type(function, name);
    let is_fifo = function.is_fifo().then(|| {
        quote!(
            const IS_FIFO: bool = true;
        )
    });
    let delivery = delivery(function, handler);
    quote! {
        #declaration
        pub(crate) fn main() -> ::std::process::ExitCode {
            #function_type::__main()
        }
        const _: () = {
            // Named once, so that a crate that is not there is one error.
            use #redrive::__private as __redrive;
            use __redrive::UncheckedFuture as _;
            impl __redrive::Handler for #function_type {
                #message_type
                #output_type
                #state
                type Sqs = __redrive::#sqs;
                type Redrive = __redrive::#redrive_function;
                #idempotency
                const SETTINGS: __redrive::Settings = #settings;
                #is_fifo
                const MANIFEST: ::core::option::Option<&'static str> =
                    ::core::option_env!(#manifest);
                #call
                #flush
                #is_permanent
            }
            impl #function_type {
                fn __main() -> ::std::process::ExitCode {
                    #abort
                    __redrive::main::<Self>()
                }
            }
            #delivery
            // Under `cargo test` nothing calls the `main` of a module. Whatever its
            // type, because a second `main` of the user's is an error by itself.
            let _ = main;
        };
    }
}

/// The function's type with a handler that does nothing: a test that names it is not
/// an error in addition to those of the attribute.
fn for_tests(function: &Function, handler: &Handler, user: &Paths) -> TokenStream {
    let redrive = runtime(user);
    let state = match &handler.state {
        Some(state) => quote!(#state),
        None => quote!(()),
    };
    let settings = settings::expression(function);
    let (function_type, declaration) = function_type(function, &handler.name);
    let result = quote!(::core::result::Result);
    quote! {
        #declaration
        const _: () = {
            use #redrive::__private as __redrive;
            impl __redrive::Handler for #function_type {
                type Message = ();
                type Output = #result<(), __redrive::BoxError>;
                type State = #state;
                type Sqs = __redrive::NoSqs;
                type Redrive = __redrive::NoRedrive;
                type Idempotency = __redrive::NotIdempotent;
                const SETTINGS: __redrive::Settings = #settings;
                async fn init() -> #result<Self::State, __redrive::BoxError> {
                    ::core::unreachable!()
                }
                async fn call((): (), _: &Self::State) -> Self::Output {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// The path of the type that stands for the function, and its declaration. It has the
/// function's name, which is free in the namespace of types.
fn function_type(function: &Function, handler: &Ident) -> (TokenStream, TokenStream) {
    let mut name = handler.clone();
    // Not the user's span: lints about the names of types are not for it.
    name.set_span(Span::call_site().located_at(handler.span()));
    let module = format_ident!("__redrive_{}", handler, span = Span::call_site());
    let names = names(function, &name);
    let declaration = quote! {
        mod #module {
            pub(super) enum #name {}
            #names
        }
        // By a glob, so that an item of the user's with this name hides the type
        // instead of colliding with it.
        use #module::*;
    };
    (quote!(#module::#name), declaration)
}

/// Asserts that the message type reads what the topics deliver: the build script knows only
/// its name.
fn delivery(function: &Function, handler: &Handler) -> Option<TokenStream> {
    let raw = function.raw?;
    let message = &handler.message;
    let is_sns = quote!(<#message as __redrive::FromMessage>::IS_SNS);
    let (condition, text) = match (raw, handler.is_sns()) {
        (true, true) => (
            quote!(!#is_sns),
            "`topics` deliver raw messages, because `raw` is `true`, but `Sns<…>` reads SNS's envelope: remove `raw`, or write the \
             type of the content [topic_delivery]",
        ),
        (true, false) => (
            quote!(!#is_sns),
            "`topics` deliver raw messages, which have no envelope for this type to read: write `Sns<…>` as the message type, \
             or `raw = false` [topic_delivery]",
        ),
        (false, true) => (
            is_sns,
            "`topics` deliver SNS's envelope, because the message type is named `Sns`, but it is not `redrive::Sns`: rename it, \
             or write `raw = true` [topic_delivery]",
        ),
        // Who writes `raw = false` reads the envelope.
        (false, false) => return None,
    };
    Some(quote_spanned!(message.span()=> const _: () = ::core::assert!(#condition, #text);))
}

/// What a test or a tool would otherwise repeat as strings.
fn names(function: &Function, function_type: &Ident) -> TokenStream {
    let name = &function.name;
    // With a parameter, a name is known at deployment only.
    let dlq = function.has_dlq().then(|| ("DLQ", function.dlq_name()));
    let parking = function
        .has_parking()
        .then(|| ("PARKING", function.parking_name()));
    let queues = [("QUEUE", function.queue_name())].into_iter();
    let queues = queues.chain(dlq).chain(parking);
    let queues = queues.filter(|(_, queue)| !queue.contains("${"));
    let queues = queues.map(|(name, queue)| {
        let name = Ident::new(name, Span::call_site());
        quote!(pub(super) const #name: &'static str = #queue;)
    });
    let redrive = function.dlq_redrive.as_ref().map(|_| {
        let handler = redrive_handler(name);
        quote!(pub(super) const REDRIVE_HANDLER: &'static str = #handler;)
    });
    quote! {
        impl #function_type {
            pub(super) const HANDLER: &'static str = #name;
            #redrive
            #(#queues)*
        }
    }
}

/// The state's type and how it is built.
fn state(handler: &Handler, user: &Paths) -> TokenStream {
    match (&handler.state, &user.init) {
        (Some(state), Some(init)) => {
            // All on the path, so that what `init` gets wrong is shown there, once.
            let build = quote_spanned! {init.span()=>
                fn init() -> impl ::core::future::Future<
                    Output = ::core::result::Result<Self::State, __redrive::BoxError>
                > + ::core::marker::Send {
                    __redrive::handler_init::<Self::State, _, _>(#init)
                }
            };
            quote! {
                type State = #state;
                #build
            }
        }
        _ => quote! {
            type State = ();
            async fn init() -> ::core::result::Result<Self::State, __redrive::BoxError> {
                ::core::result::Result::Ok(())
            }
        },
    }
}

/// Calls the user's function; no `async fn`, so that the compiler speaks of the
/// user's future and not of one around it. All on the function's name, so that
/// it is reported once; but the parameters' names are the macro's own.
fn call(handler: &Handler) -> TokenStream {
    let name = &handler.name;
    let span = name.span();
    let own = Span::mixed_site().located_at(span);
    let message = Ident::new("message", own);
    let state = Ident::new("state", own);
    let (lent, arguments) = match handler.state {
        Some(_) => (quote!(#state), quote_spanned!(span=> #message, #state)),
        None => (quote!(_), quote!(#message)),
    };
    // By its module, so that a function inside another, whose `main` nobody would
    // call, does not compile.
    quote_spanned! {span=>
        fn call(
            #message: Self::Message,
            #lent: &Self::State,
        ) -> impl ::core::future::Future<Output = Self::Output> + ::core::marker::Send {
            __redrive::Captured::<Self::Message, Self::State>::handler_future(self::#name(#arguments))
        }
    }
}

/// Where completed messages are remembered, and by which key.
fn idempotency(function: &Function, key: Option<&MessageKey>) -> TokenStream {
    let (Some(idempotent), Some(key)) = (&function.idempotent, key) else {
        return quote!(
            type Idempotency = __redrive::NotIdempotent;
        );
    };
    // What the model writes is an expression.
    let tokens = |expression: String| expression.parse::<TokenStream>().unwrap_or_default();
    let ttl = tokens(function.idempotency_ttl().expression());
    let on_conflict = tokens(idempotent.on_conflict.expression());
    // Where the compiler says that the feature is missing.
    let (span, message, id, text) = match key {
        MessageKey::Id => {
            let text = quote!(__redrive::handler_key(id));
            (Span::call_site(), quote!(_), quote!(id), text)
        }
        MessageKey::Field(name, field) => {
            // The user's own tokens, after a parameter that is named as theirs is.
            let span = name.span();
            let handler_key = quote_spanned!(span=> __redrive::handler_key);
            let is_whole = *name == field.to_string();
            let reference = (!is_whole).then(|| quote_spanned!(span=> &));
            let text = quote!(#handler_key(#reference #field));
            (span, quote!(#name), quote!(_), text)
        }
        MessageKey::Function(path) => {
            let span = path.span();
            let handler_key = quote_spanned!(span=> __redrive::handler_key_of);
            let parameter = format_ident!("message", span = Span::mixed_site());
            let text = quote!(#handler_key(#parameter, #path));
            (span, quote!(#parameter), quote!(_), text)
        }
    };
    let idempotent = quote_spanned!(span=> __redrive::Idempotent);
    quote! {
        type Idempotency = #idempotent;
        const IDEMPOTENCY: ::core::option::Option<__redrive::IdempotencySettings> =
            ::core::option::Option::Some(__redrive::IdempotencySettings {
                ttl: #ttl,
                on_conflict: #on_conflict,
            });
        fn key(#message: &Self::Message, #id: &::core::primitive::str) -> ::std::string::String {
            #text
        }
    }
}

fn flush(path: &syn::Path) -> TokenStream {
    quote_spanned! {path.span()=>
        const FLUSH: bool = true;
        fn flush(
            state: &Self::State,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            __redrive::handler_flush(state, #path)
        }
    }
}

fn is_permanent(path: &syn::Path) -> TokenStream {
    quote_spanned! {path.span()=>
        fn is_permanent(error: &__redrive::ErrorOf<Self::Output>) -> bool {
            __redrive::handler_permanent(error, #path)
        }
    }
}

/// Says at build time that panics will not be caught; an attribute macro has
/// no other way to warn than a deprecated item that is used.
fn panic_abort(function: &Function, name: Span) -> Option<TokenStream> {
    let mut allowed = function.allow.iter();
    if allowed.any(|id| id == catalog::PANIC_ABORT.id) {
        return None;
    }
    let used = quote_spanned!(name=> let () = __redrive::PANICS_ARE_NOT_CAUGHT;);
    Some(quote!(#[cfg(panic = "abort")] #used))
}

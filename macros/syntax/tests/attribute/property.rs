//! What holds for any text as an attribute and any text as the item below it.
//! The fuzz target `attribute` includes this file.

use std::time::Duration;

use proc_macro2::{TokenStream, TokenTree};
use redrive_syntax::schedule::timezone;
use redrive_syntax::{Function, Parsed};

/// An item that nothing is wrong with.
pub(crate) const HANDLER: &str =
    "async fn process_order(order: Order) -> Result<(), Error> { Ok(()) }";

/// The longest text that is checked, in bytes: a longer one can be nested so deep
/// that syn, which recurses, overflows its stack.
pub(crate) const LONGEST: usize = 1_000;

/// Checks a text whose first line is the attribute's arguments, and what follows
/// the item below it.
///
/// # Panics
///
/// As [`check`].
pub(crate) fn check_text(text: &str) {
    let (attribute, item) = text.split_once('\n').unwrap_or((text, ""));
    // What an attribute means is judged on an item that can be used.
    check(attribute, HANDLER);
    if !item.is_empty() {
        check(attribute, item);
    }
}

/// Parses an attribute and an item, if both are tokens at all.
///
/// # Panics
///
/// If the front end breaks one of its promises.
pub(crate) fn check(attribute: &str, item: &str) {
    let texts = (attribute, item);
    if let (Ok(attribute), Ok(item)) = (
        attribute.parse::<TokenStream>(),
        item.parse::<TokenStream>(),
    ) {
        let quotes_a_pair = [&attribute, &item].into_iter().any(holds_a_pair);
        let parsed = redrive_syntax::parse(attribute, item.clone());
        check_texts(&parsed);
        // A quoted text of the user's could look like an offer.
        if !texts.0.contains('`') && !texts.1.contains('`') && !quotes_a_pair {
            check_offers(&parsed);
        }
        match parsed.handler {
            Some(_) if !parsed.diagnostics.has_errors() => check_function(&parsed.function),
            Some(_) => {}
            None => assert!(parsed.diagnostics.has_errors() || !is_function(item)),
        }
    }
}

/// Whether a literal looks like `key = value`.
fn holds_a_pair(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => holds_a_pair(&group.stream()),
        TokenTree::Literal(literal) => literal.to_string().contains('='),
        _ => false,
    })
}

/// Whether rustc takes it for one; of another it has said what is missing.
fn is_function(item: TokenStream) -> bool {
    let (mut item, _) = redrive_syntax::signature::split_body(item);
    item.extend("{}".parse::<TokenStream>());
    syn::parse2::<syn::ItemFn>(item).is_ok()
}

fn check_texts(parsed: &Parsed) {
    for diagnostic in parsed.diagnostics.iter() {
        let message = &diagnostic.problem();
        assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
        assert!(!message.starts_with(char::is_uppercase), "{message}");
    }
    let shown = parsed.diagnostics.to_compile_errors().to_string();
    assert!(shown.matches("compile_error").count() >= parsed.diagnostics.errors().count());
}

/// Each pair that a message offers is one that its key takes.
fn check_offers(parsed: &Parsed) {
    for mistake in parsed.diagnostics.errors() {
        for offer in mistake.to_string().split('`').skip(1).step_by(2) {
            let Some(attribute) = pair(offer) else {
                continue;
            };
            // A variable may have the name of a key.
            let refused =
                refusal(&attribute).filter(|_| refusal(&format!("env({offer})")).is_some());
            assert_eq!(refused, None, "{}: {offer}", mistake);
        }
    }
}

/// Why the front end does not take this attribute; what it means together with
/// other keys is another matter.
fn refusal(attribute: &str) -> Option<String> {
    let tokens = attribute.parse().expect("tokens");
    let again = redrive_syntax::parse(tokens, HANDLER.parse().expect("tokens"));
    let of_the_value = again
        .diagnostics
        .errors()
        .find(|wrong| wrong.rule.keys.is_empty() && wrong.rule.id != "handler_state");
    of_the_value.map(|wrong| wrong.to_string())
}

/// What is offered, as an attribute of its own.
fn pair(offer: &str) -> Option<String> {
    let (name, value) = match offer.split_once(" = ") {
        Some((name, value)) if !name.contains('(') => (name, value),
        _ => {
            let is_env = offer.starts_with("env(") && offer.ends_with(')');
            return is_env.then(|| offer.to_owned());
        }
    };
    let is_key = redrive_syntax::keys::find(name).is_some();
    let is_variable = value.starts_with('"') && name.starts_with(char::is_uppercase);
    match (is_key, is_variable) {
        (true, _) => Some(offer.to_owned()),
        (false, true) => Some(format!("env({offer})")),
        _ => None,
    }
}

/// Who holds a checked function need not check again.
fn check_function(function: &Function) {
    assert!((1..=10_000).contains(&function.batch_size));
    let seconds = Duration::from_secs;
    assert!((seconds(1)..=seconds(1_800)).contains(&function.timeout));
    assert!((function.timeout..=seconds(43_200)).contains(&function.visibility_timeout));
    assert!(function.backoff.min <= function.backoff.max);
    assert!(function.is_fifo() || function.retention < function.dlq_retention);
    for queue in [function.queue.clone(), function.dlq()] {
        let queue = queue.with(|_| "x".to_owned());
        let stem = queue.strip_suffix(".fifo").unwrap_or(&queue);
        assert!((1..=80).contains(&queue.len()), "{queue}");
        assert!(
            stem.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
            "{queue}"
        );
    }
    if let Some(redrive) = function.redrive() {
        let zone = timezone(&redrive.timezone).expect("a checked zone");
        assert!(redrive.schedule.longest_gap_in(&zone).is_some());
    }
}

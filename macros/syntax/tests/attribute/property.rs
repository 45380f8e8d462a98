//! What holds for any text as an attribute and any text as the item below it.
//! The fuzz target `attribute` includes this file.

use std::time::Duration;

use proc_macro2::TokenStream;
use redrive_syntax::keys::find;
use redrive_syntax::schedule::timezone;
use redrive_syntax::{Function, Parsed, wrapped};

/// An item that nothing is wrong with.
pub(crate) const HANDLER: &str =
    "async fn process_order(order: Order) -> Result<(), Error> { Ok(()) }";

/// The longest text that is checked, in bytes: a longer one can be nested so deep
/// that syn, which recurses, overflows its stack.
pub(crate) const LONGEST: usize = 1_500;

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
    if let (Ok(attribute), Ok(item)) = (
        attribute.parse::<TokenStream>(),
        item.parse::<TokenStream>(),
    ) {
        let parsed = redrive_syntax::parse(attribute, item.clone());
        check_texts(&parsed);
        check_fixes(&parsed);
        match parsed.handler {
            Some(_) if !parsed.diagnostics.has_errors() => check_function(&parsed.function),
            Some(_) => {}
            None => assert!(parsed.diagnostics.has_errors() || !is_function(item)),
        }
    }
}

/// Whether rustc accepts it as a function; of another it has reported what is missing.
fn is_function(item: TokenStream) -> bool {
    let (mut item, _) = redrive_syntax::signature::split_body(item);
    item.extend("{}".parse::<TokenStream>());
    syn::parse2::<syn::ItemFn>(item).is_ok()
}

/// The longest line of a diagnostic, apart from that of a page.
const LONGEST_LINE: usize = 120;

fn check_texts(parsed: &Parsed) {
    for diagnostic in parsed.diagnostics.iter() {
        let message = diagnostic.to_string();
        let problem = diagnostic.problem();
        assert!(!problem.is_empty() && !problem.ends_with('.'), "{message}");
        assert!(!problem.starts_with(char::is_uppercase), "{message}");
        assert!(!diagnostic.fixes.is_empty(), "no fix: {message}");
        let wrapped = wrapped(&message);
        let lines = wrapped.lines().filter(|line| !line.starts_with("see: "));
        for line in lines {
            assert!(line.chars().count() <= LONGEST_LINE, "{line}");
        }
    }
    let shown = parsed.diagnostics.to_compile_errors().to_string();
    assert!(shown.matches("compile_error").count() >= parsed.diagnostics.errors().count());
}

/// Each value that a fix gives to a key is one that the key accepts.
fn check_fixes(parsed: &Parsed) {
    let fixes = parsed.diagnostics.iter().flat_map(|one| &one.fixes);
    for edit in fixes.flat_map(|fix| &fix.edits) {
        if let (Some(key), Some(value)) = (find(edit.key), &edit.value) {
            assert_eq!(refusal(&key.with(value)), None, "{edit}");
        }
    }
}

/// Why the front end rejects this attribute; what it means together with other keys
/// is another matter.
fn refusal(attribute: &str) -> Option<String> {
    let tokens = attribute.parse().expect("tokens");
    let again = redrive_syntax::parse(tokens, HANDLER.parse().expect("tokens"));
    let mut errors = again.diagnostics.errors();
    let of_the_value =
        errors.find(|error| error.rule.keys.is_empty() && error.rule.id != "handler_state");
    of_the_value.map(|error| error.to_string())
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
        // Of a queue that exists, the end of its ARN.
        let queue = queue.with(|_| "x".to_owned());
        let queue = queue.rsplit(':').next().unwrap_or_default();
        let stem = queue.strip_suffix(".fifo").unwrap_or(queue);
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

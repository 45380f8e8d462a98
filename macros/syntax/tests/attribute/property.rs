//! What holds for any text as an attribute and any text as the item below it.
//! The fuzz target `attribute` includes this file.

use proc_macro2::TokenStream;
use redrive_syntax::schedule::timezone;
use redrive_syntax::{Function, Parsed, rules};

/// An item that nothing is wrong with.
pub(crate) const HANDLER: &str =
    "async fn process_order(order: Order) -> Result<(), Error> { Ok(()) }";

/// Parses an attribute and an item, if both are tokens at all.
///
/// # Panics
///
/// If the front end breaks one of its promises.
pub(crate) fn check(attribute: &str, item: &str) {
    if let (Ok(attribute), Ok(item)) = (attribute.parse(), item.parse::<TokenStream>()) {
        let parsed = redrive_syntax::parse(attribute, item);
        check_texts(&parsed);
        if parsed.errors.is_empty() {
            assert!(parsed.handler.is_some());
            check_function(&parsed.function);
        }
    }
}

fn check_texts(parsed: &Parsed) {
    let mistakes = parsed.errors.mistakes();
    for (rule, message) in mistakes
        .iter()
        .map(|mistake| (mistake.rule, &mistake.message))
        .chain(
            parsed
                .warnings
                .iter()
                .map(|warning| (warning.rule, &warning.message)),
        )
    {
        assert!(rules::find(rule).is_some(), "{rule}");
        assert!(!message.is_empty() && !message.ends_with('.'), "{message}");
        assert!(!message.starts_with(char::is_uppercase), "{message}");
    }
    let shown = parsed.errors.to_compile_errors().to_string();
    assert!(shown.matches("compile_error").count() >= mistakes.len());
}

/// Who holds a checked function need not check again.
fn check_function(function: &Function) {
    assert!((1..=10_000).contains(&function.batch_size));
    assert!((1..=900).contains(&function.timeout));
    assert!((function.timeout..=43_200).contains(&function.visibility_timeout));
    assert!(function.backoff.min <= function.backoff.max);
    assert!(function.is_fifo() || function.retention < function.dlq_retention);
    for queue in [&function.queue, &function.dlq()] {
        let stem = queue.strip_suffix(".fifo").unwrap_or(queue);
        assert!((1..=80).contains(&queue.len()), "{queue}");
        assert!(
            stem.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)),
            "{queue}"
        );
    }
    if let Some(redrive) = &function.redrive {
        let zone = timezone(&redrive.timezone).expect("a checked zone");
        assert!(redrive.schedule.longest_gap_in(&zone).is_some());
    }
}

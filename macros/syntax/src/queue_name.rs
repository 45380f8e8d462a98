//! What a queue can be named.

use redrive_model::limits::QUEUE_NAME_CHARACTERS;

/// The DLQ's name is longer by `-dlq`.
pub(crate) const LONGEST_NAME: usize = QUEUE_NAME_CHARACTERS - "-dlq".len();

/// Whether a queue can have this name, and its DLQ the name made of it.
pub(crate) fn is_queue_name(name: &str) -> bool {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    !stem.is_empty() && stem.chars().all(is_in_a_name) && name.len() <= LONGEST_NAME
}

pub(crate) fn is_in_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// A name that a queue can have, for one that it cannot.
pub(crate) fn named_alike(name: &str) -> String {
    let place = name.len().saturating_sub(".fifo".len());
    let (stem, end) = match name.split_at_checked(place) {
        Some((stem, end)) if end.eq_ignore_ascii_case(".fifo") => (stem, ".fifo"),
        _ => (name, ""),
    };
    let words = stem.split(|c| !is_in_a_name(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => format!("orders{end}"),
        false => format!("{}{end}", words.join("-")),
    }
}

//! The names that SQS accepts for a queue.

use redrive_model::limits::QUEUE_NAME_CHARACTERS;

/// The DLQ's name is longer by `-dlq`.
pub(crate) const LONGEST: usize = QUEUE_NAME_CHARACTERS - "-dlq".len();

/// What is wrong with this name of a queue, and of the DLQ that is named after it.
pub(crate) fn problem(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".fifo").unwrap_or(name);
    let wrong = stem.chars().find(|c| !is_allowed(*c));
    Some(match wrong {
        _ if name.starts_with("arn:") => {
            "`queue` is an ARN, but must be the queue's name".to_owned()
        }
        _ if name.contains("://") => "`queue` is a URL, but must be the queue's name".to_owned(),
        Some(wrong) => format!(
            "queue name contains `{}`; only letters, digits, `-` and `_` are allowed",
            wrong.escape_debug()
        ),
        None if stem.is_empty() => "the queue name is empty".to_owned(),
        None if name.len() > LONGEST => format!(
            "queue name has {} characters; at most {LONGEST} leave room for `-dlq`, the DLQ's suffix",
            name.len()
        ),
        None => return None,
    })
}

/// A valid name for one that is not.
pub(crate) fn meant(name: &str) -> String {
    let name = match name.starts_with("arn:") || name.contains("://") {
        true => name.rsplit([':', '/']).next().unwrap_or_default(),
        false => name,
    };
    let place = name.len().saturating_sub(".fifo".len());
    let (stem, end) = match name.split_at_checked(place) {
        Some((stem, end)) if end.eq_ignore_ascii_case(".fifo") => (stem, ".fifo"),
        _ => (name, ""),
    };
    let words = stem.split(|c| !is_allowed(c));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    match words.is_empty() {
        true => format!("orders{end}"),
        false => format!("{}{end}", words.join("-")),
    }
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

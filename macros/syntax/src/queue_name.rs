//! The names that SQS accepts for a queue.

use redrive_model::limits::QUEUE_NAME_CHARACTERS;

use crate::parameter_text::ParameterText;
use crate::queues::is_arn;
use crate::senders::is_account;

/// The DLQ's name is longer by `-dlq`.
pub(crate) const LONGEST: usize = QUEUE_NAME_CHARACTERS - "-dlq".len();

/// What is wrong with a queue's name or ARN, as far as it is known.
pub(crate) fn problem_of(key: &str, text: &ParameterText) -> Option<String> {
    if text.only_parameter().is_some() {
        return None;
    }
    if !is_arn(text) {
        // Any value of a parameter is made of the same characters.
        return problem(&text.with(|_| "x".to_owned()));
    }
    let arn = text.with(|_| "000000000000".to_owned());
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_queue = match parts.as_slice() {
        ["arn", partition, "sqs", region, account, name] => {
            !partition.is_empty()
                && !region.is_empty()
                && is_account(account)
                && name.len() <= QUEUE_NAME_CHARACTERS
                && stem(name).chars().all(is_allowed)
                && !stem(name).is_empty()
        }
        _ => false,
    };
    (!is_queue).then(|| format!("`{key}` is not the ARN of an SQS queue"))
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".fifo").unwrap_or(name)
}

/// What is wrong with this name of a queue, and of the DLQ that is named after it.
pub(crate) fn problem(name: &str) -> Option<String> {
    let stem = stem(name);
    let wrong = stem.chars().find(|c| !is_allowed(*c));
    Some(match wrong {
        _ if name.contains("://") => "this is a URL, but must be a queue's name or ARN".to_owned(),
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

//! What a value may mean where a key takes durations.

use super::duration::{digits, either};
use super::{Value, What};

/// A value, as far as it may mean durations.
pub(super) enum Form {
    Text(String),
    Number(String),
    Negative,
    /// What would be a text if it stood in quotes.
    Unquoted(String),
    Other,
}

impl Form {
    pub(super) fn of(value: &Value) -> Self {
        match &value.what {
            What::Text(text) => match text.trim() {
                number if is_number(number) => Form::Number(number.to_owned()),
                negative if is_negative(negative) => Form::Negative,
                _ => Form::Text(text.clone()),
            },
            What::Integer(digits, suffix) if suffix.is_empty() => Form::Number(digits.clone()),
            What::Decimal if !value.text.contains(char::is_alphabetic) => {
                Form::Number(value.text.clone())
            }
            What::Negative => Form::Negative,
            What::List(ends) => match ends.as_slice() {
                [shortest, longest] => Form::Unquoted(format!(
                    "{}..{}",
                    shortest.text.trim_matches('"'),
                    longest.text.trim_matches('"')
                )),
                _ => Form::Other,
            },
            What::Integer(..) | What::Decimal | What::Expression => {
                Form::Unquoted(value.text.clone())
            }
            _ => Form::Other,
        }
    }
}

/// Whether this is a number without a unit.
pub(super) fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_whole = |text: &str| !text.is_empty() && digits(text) == text.len();
    is_whole(whole) && is_whole(fraction)
}

fn is_negative(text: &str) -> bool {
    let is_duration = |text: &str| either(text).is_some();
    text.strip_prefix('-')
        .is_some_and(|rest| is_duration(rest) || is_duration(&format!("{rest}s")))
}

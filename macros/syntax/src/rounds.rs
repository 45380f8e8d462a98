//! How often a message is redriven: a number, or `"unlimited"`.

use redrive_model::Rounds;

use crate::diagnostic::Diagnostic;
use crate::keys::Key;
use crate::value::{Value, What, integer};

pub(crate) fn read(key: &Key, value: &Value) -> Result<Rounds, Diagnostic> {
    match &value.what {
        What::Text(text) if text == Rounds::UNLIMITED => Ok(Rounds::Unlimited),
        What::Path(_) if value.text == Rounds::UNLIMITED => {
            let wants = "a number or a string";
            Err(value.write(key, wants, format_args!("\"{}\"", Rounds::UNLIMITED)))
        }
        _ => integer(key, value).map(Rounds::AtMost),
    }
}

/// The value as it is written in the attribute.
pub(crate) fn written(rounds: Rounds) -> String {
    match rounds {
        Rounds::AtMost(most) => most.to_string(),
        Rounds::Unlimited => format!("\"{}\"", Rounds::UNLIMITED),
    }
}

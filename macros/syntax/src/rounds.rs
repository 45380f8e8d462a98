//! How often a message is redriven: a number, or `"unlimited"`.

use redrive_model::Rounds;

use crate::diagnostic::Rejected;
use crate::keys::Key;
use crate::setting::Setting;
use crate::value::{Value, What};

impl Setting for Rounds {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        match &value.what {
            What::Text(text) if text == Rounds::UNLIMITED => Ok(Rounds::Unlimited),
            What::Path(_) if value.text == Rounds::UNLIMITED => {
                let unlimited = format!("\"{}\"", Rounds::UNLIMITED);
                Err(value.write(key, "a number or a string", unlimited))?
            }
            _ => u32::read(key, value).map(Rounds::AtMost),
        }
    }

    fn written(&self) -> Option<String> {
        Some(match self {
            Rounds::AtMost(most) => most.to_string(),
            Rounds::Unlimited => format!("\"{}\"", Rounds::UNLIMITED),
        })
    }
}

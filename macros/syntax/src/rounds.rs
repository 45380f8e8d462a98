//! How often a message is redriven: a number, or `"unlimited"`.

use redrive_model::Rounds;

use crate::catalog;
use crate::diagnostic::{Fix, Rejected};
use crate::keys::Key;
use crate::setting::Setting;
use crate::value::{Value, What};

impl Setting for Rounds {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let unlimited = format!("\"{}\"", Rounds::UNLIMITED);
        match &value.what {
            What::Text(text) if text == Rounds::UNLIMITED => Ok(Rounds::Unlimited),
            What::Text(text) if !text.contains(|c: char| c.is_ascii_digit()) => {
                let problem = format!("the only text of `{}` is `{unlimited}`", key.name);
                let refused = value.refuse(&catalog::UNKNOWN_CHOICE, problem);
                Err(refused.fix(Fix::set(key.name, unlimited)))?
            }
            What::Path(_) if value.text == Rounds::UNLIMITED => {
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

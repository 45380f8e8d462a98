//! The types of settings: read from the attribute, and from a template that an
//! overlay changed.

use std::collections::BTreeMap;
use std::time::Duration;

use proc_macro2::Span;
use quote::ToTokens;
use redrive_model::Backoff;
use redrive_model::duration::written;
use redrive_model::keys::{Key, Kind};
use redrive_model::policy::{
    Choice, FilterScope, OnConflict, OnGroupFailure, OnPermanent, OnTotalFailure,
};

use crate::catalog::{FILTER_POLICY, KMS_KEY};
use crate::diagnostic::{Diagnostic, Fix, Rejected};
use crate::kms_key::KmsKey;
use crate::parameter_text::ParameterText;
use crate::schedule::{self, Help, Schedule, ScheduleError};
use crate::tokens;
use crate::value::{self, Value};

/// A value of a template that is known before deployment.
#[derive(Clone, Debug)]
pub enum TemplateValue<'a> {
    /// A whole number.
    Number(u32),
    /// A text.
    Text(&'a str),
    /// A list of texts.
    List(Vec<String>),
    /// Whole numbers by name.
    Numbers(BTreeMap<String, u32>),
    /// Texts by name.
    Map(BTreeMap<String, ParameterText>),
    /// None, and AWS has no default.
    Nothing,
}

/// A type that the value of a key has.
pub(crate) trait Setting: Sized {
    /// Reads a value of the attribute.
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected>;

    /// The value as it is written in the attribute; `None` if there is none.
    fn written(&self) -> Option<String>;

    /// Reads a value of a template.
    fn read_back(_: &Key, _: &TemplateValue<'_>) -> Result<Self, Rejected> {
        Err(Vec::new())
    }
}

impl Setting for u32 {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        Ok(value::integer(key, value)?)
    }

    fn written(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        match value {
            TemplateValue::Number(number) => Ok(*number),
            _ => Err(Vec::new()),
        }
    }
}

impl Setting for bool {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        Ok(value::boolean(key, value)?)
    }

    fn written(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for Duration {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        Ok(value::duration(key, value)?)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}\"", written(*self)))
    }

    fn read_back(key: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        u32::read_back(key, value).map(|seconds| Duration::from_secs(seconds.into()))
    }
}

impl Setting for Backoff {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        Ok(value::backoff(key, value)?)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}..{}\"", written(self.min), written(self.max)))
    }
}

impl<T: Setting> Setting for Option<T> {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        T::read(key, value).map(Some)
    }

    fn written(&self) -> Option<String> {
        self.as_ref()?.written()
    }

    fn read_back(key: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        match value {
            TemplateValue::Nothing => Ok(None),
            value => T::read_back(key, value).map(Some),
        }
    }
}

macro_rules! choices {
    ($($name:ident)*) => {
        $(impl Setting for $name {
            fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
                Ok(value::choice(key, value)?)
            }

            fn written(&self) -> Option<String> {
                Some(format!("\"{}\"", self.word()))
            }
        })*
    };
}

redrive_model::choices!(choices);

/// The problems of a key's text, with their fixes.
fn of_attribute(key: &Key, value: &Value, errors: Vec<ScheduleError>) -> Rejected {
    let diagnostic = |error: ScheduleError| {
        let fix = match error.help {
            Some(Help::Write(text)) => Fix::set_text(key.name, text),
            Some(Help::Advice(text)) => Fix::advice(text),
            None => Fix::set(key.name, key.example),
        };
        Diagnostic::new(error.rule, value.place, error.problem).fix(fix)
    };
    errors.into_iter().map(diagnostic).collect()
}

/// The problems of a template's text, which the attribute's fixes are not for.
fn of_template(errors: Vec<ScheduleError>) -> Rejected {
    let diagnostic = |error: ScheduleError| {
        let diagnostic = Diagnostic::new(error.rule, Span::call_site(), error.problem);
        let help = error.help.map(|help| match help {
            Help::Write(text) => format!("write `{text}`"),
            Help::Advice(text) => text,
        });
        help.into_iter().fold(diagnostic, Diagnostic::help)
    };
    errors.into_iter().map(diagnostic).collect()
}

impl Setting for String {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let text = value::text(key, value)?;
        if matches!(key.kind, Kind::Timezone) {
            schedule::timezone(&text).map_err(|error| of_attribute(key, value, vec![error]))?;
        }
        if matches!(key.kind, Kind::Json) && text.contains("${") {
            let problem = format!("`{}` has `${{`, but cannot have parameters", key.name);
            let help = "write the value itself; in JSON, `\\u0024{` is for these two characters";
            return Err(Diagnostic::new(&FILTER_POLICY, value.place, problem)
                .help(help)
                .into());
        }
        Ok(text)
    }

    fn written(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        let TemplateValue::Text(text) = value else {
            return Err(Vec::new());
        };
        // The only text of a template that is read back is a time zone.
        schedule::timezone(text).map_err(|error| of_template(vec![error]))?;
        Ok((*text).to_owned())
    }
}

impl Setting for ParameterText {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let text = value::text(key, value)?;
        let text = value::placeholders(&text, value.place)?;
        if matches!(key.kind, Kind::KmsKey) && KmsKey::of(&text).is_none() {
            let (problem, fix) = KmsKey::refused(&text);
            return Err(Diagnostic::new(&KMS_KEY, value.place, problem)
                .fix(fix)
                .into());
        }
        Ok(text)
    }

    fn written(&self) -> Option<String> {
        Some(format!("{:?}", self.to_string()))
    }
}

impl Setting for Schedule {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let text = value::text(key, value)?;
        Schedule::parse(&text).map_err(|errors| of_attribute(key, value, errors))
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{self}\""))
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        match value {
            TemplateValue::Text(text) => Schedule::parse(text).map_err(of_template),
            _ => Err(Vec::new()),
        }
    }
}

impl Setting for Vec<String> {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        value::list(key, value)
    }

    fn written(&self) -> Option<String> {
        list(self)
    }
}

impl Setting for Vec<ParameterText> {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let texts = value::list(key, value)?;
        // What is not one is reported above.
        let texts = texts
            .iter()
            .filter_map(|text| ParameterText::parse(text).ok());
        Ok(texts.collect())
    }

    fn written(&self) -> Option<String> {
        list(self)
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        match value {
            TemplateValue::List(texts) => Ok(texts.iter().cloned().map(Into::into).collect()),
            TemplateValue::Nothing => Ok(Vec::new()),
            _ => Err(Vec::new()),
        }
    }
}

fn list(texts: &[impl std::fmt::Display]) -> Option<String> {
    let texts: Vec<_> = texts
        .iter()
        .map(|text| format!("{:?}", text.to_string()))
        .collect();
    (!texts.is_empty()).then(|| format!("[{}]", texts.join(", ")))
}

impl Setting for syn::Path {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        Ok(value::path(key, value)?)
    }

    fn written(&self) -> Option<String> {
        Some(tokens::text(self.to_token_stream()))
    }
}

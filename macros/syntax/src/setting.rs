//! The types of settings: read from the attribute, and from a template that an
//! overlay changed.

mod duration;
mod plain;

use std::collections::BTreeMap;

use proc_macro2::Span;
use redrive_model::keys::{Key, Kind};

use crate::catalog::{FILTER_POLICY, KMS_KEY};
use crate::diagnostic::{Diagnostic, Fix, Rejected};
use crate::kms_key::KmsKey;
use crate::parameter_text::ParameterText;
use crate::schedule::{self, Help, Schedule, ScheduleError};
use crate::value::Value;
use plain::text;

pub(crate) use plain::placeholders;

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
        let text = text(key, value)?;
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
        let text = text(key, value)?;
        let text = placeholders(&text, value.place)?;
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
        let text = text(key, value)?;
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

impl Setting for Vec<ParameterText> {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let texts = Vec::<String>::read(key, value)?;
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

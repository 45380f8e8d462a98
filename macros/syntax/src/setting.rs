//! The types of settings: read from the attribute, and from a template that an
//! overlay changed.

use std::collections::BTreeMap;
use std::time::Duration;

use proc_macro2::Span;
use quote::ToTokens;
use redrive_model::duration::written;
use redrive_model::keys::{Key, Kind};
use redrive_model::policy::{Choice, OnGroupFailure, OnPermanent, OnTotalFailure};
use redrive_model::{Alarms, Backoff, Pollers};

use crate::alarms;
use crate::catalog::OUT_OF_RANGE;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::environment;
use crate::parameter_text::ParameterText;
use crate::pollers;
use crate::schedule::{self, Schedule, ScheduleError};
use crate::tags;
use crate::tokens;
use crate::value::{self, Value, What};

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

/// Why a key cannot have a template's value; empty if it is of another type.
pub type Rejected = Vec<Diagnostic>;

/// A type that the value of a key has.
pub(crate) trait Setting: Sized {
    /// Reads a value of the attribute, or reports why it is not one.
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self>;

    /// The value as it is written in the attribute; `None` if there is none.
    fn written(&self) -> Option<String>;

    /// Reads a value of a template.
    fn read_back(_: &Key, _: &TemplateValue<'_>) -> Result<Self, Rejected> {
        Err(Vec::new())
    }
}

fn keep<T>(read: Result<T, Diagnostic>, diagnostics: &mut Diagnostics) -> Option<T> {
    read.map_err(|diagnostic| diagnostics.push(diagnostic)).ok()
}

impl Setting for u32 {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        keep(value::integer(key, value), diagnostics)
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
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        keep(value::boolean(key, value), diagnostics)
    }

    fn written(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Setting for Duration {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        keep(value::duration(key, value), diagnostics)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}\"", written(*self)))
    }

    fn read_back(key: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        u32::read_back(key, value).map(|seconds| Duration::from_secs(seconds.into()))
    }
}

impl Setting for Backoff {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        keep(value::backoff(key, value), diagnostics)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}..{}\"", written(self.min), written(self.max)))
    }
}

impl Setting for Pollers {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        keep(pollers::read(key, value), diagnostics)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}..{}\"", self.min, self.max))
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        let TemplateValue::Numbers(numbers) = value else {
            return Err(Vec::new());
        };
        let number = |name, without| numbers.get(name).copied().unwrap_or(without);
        let pollers = Pollers {
            min: number("MinimumPollers", 2),
            max: number("MaximumPollers", 200),
        };
        let rejected = |problem| Diagnostic::new(&OUT_OF_RANGE, Span::call_site(), problem);
        pollers::check(pollers).map_err(|problem| vec![rejected(problem)])?;
        Ok(pollers)
    }
}

impl Setting for Alarms {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        alarms::read(key, value, diagnostics)
    }

    fn written(&self) -> Option<String> {
        let Alarms {
            dlq_depth, errors, ..
        } = self;
        let oldest = self
            .oldest
            .map(|oldest| format!(", oldest = \"{}\"", written(oldest)));
        Some(match self.enabled {
            true => format!(
                "(dlq_depth = {dlq_depth}{}, errors = {errors})",
                oldest.unwrap_or_default()
            ),
            false => "false".to_owned(),
        })
    }
}

impl<T: Setting> Setting for Option<T> {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        T::read(key, value, diagnostics).map(Some)
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
            fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
                let word = keep(value::choice(key, value, Self::WORDS), diagnostics)?;
                Self::from_word(word)
            }

            fn written(&self) -> Option<String> {
                Some(format!("\"{}\"", self.word()))
            }
        })*
    };
}

redrive_model::choices!(choices);

fn rejected(error: &ScheduleError) -> Diagnostic {
    Diagnostic::from_text(error.rule, Span::call_site(), &error.message)
}

impl Setting for String {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = keep(value::text(key, value), diagnostics)?;
        if matches!(key.kind, Kind::Timezone)
            && let Err(error) = schedule::timezone(&text)
        {
            diagnostics.report(error.rule, value.place, error.message);
            return None;
        }
        Some(text)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{self}\""))
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        let TemplateValue::Text(text) = value else {
            return Err(Vec::new());
        };
        // The only text of a template that is read back is a time zone.
        let checked = schedule::timezone(text);
        checked.map_err(|error| vec![rejected(&error)])?;
        Ok((*text).to_owned())
    }
}

impl Setting for ParameterText {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = keep(value::text(key, value), diagnostics)?;
        keep(value::placeholders(&text, value.place), diagnostics)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{self}\""))
    }
}

impl Setting for Schedule {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        let text = keep(value::text(key, value), diagnostics)?;
        let report =
            |error: ScheduleError| diagnostics.report(error.rule, value.place, error.message);
        let read = Schedule::parse(&text);
        read.map_err(|errors| errors.into_iter().for_each(report))
            .ok()
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}\"", self.as_str()))
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        let TemplateValue::Text(text) = value else {
            return Err(Vec::new());
        };
        Schedule::parse(text).map_err(|errors| errors.iter().map(rejected).collect())
    }
}

impl Setting for BTreeMap<String, ParameterText> {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        if let What::Group(group) = &value.what {
            return Some(environment::read(group.clone(), value.place, diagnostics));
        }
        diagnostics.push(value.wrong_type(key, "variables in parentheses"));
        None
    }

    fn written(&self) -> Option<String> {
        // Whoever has variables reads them by name.
        None
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        match value {
            TemplateValue::Map(map) => Ok(map.clone()),
            TemplateValue::Nothing => Ok(BTreeMap::new()),
            _ => Err(Vec::new()),
        }
    }
}

impl Setting for BTreeMap<String, String> {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        if let What::Group(group) = &value.what {
            return Some(tags::read(group, value.place, diagnostics));
        }
        diagnostics.push(value.wrong_type(key, "tags in parentheses"));
        None
    }

    fn written(&self) -> Option<String> {
        // No fix sets a tag.
        None
    }
}

impl Setting for Vec<String> {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        let (texts, refused) = value::list(key, value);
        refused.into_iter().for_each(|one| diagnostics.push(one));
        Some(texts)
    }

    fn written(&self) -> Option<String> {
        list(self)
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        match value {
            TemplateValue::List(texts) => Ok(texts.clone()),
            TemplateValue::Nothing => Ok(Vec::new()),
            _ => Err(Vec::new()),
        }
    }
}

impl Setting for Vec<ParameterText> {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        let texts = Vec::<String>::read(key, value, diagnostics)?;
        // What is not one is reported above.
        let texts = texts.iter();
        Some(
            texts
                .filter_map(|text| ParameterText::parse(text).ok())
                .collect(),
        )
    }

    fn written(&self) -> Option<String> {
        list(self)
    }

    fn read_back(key: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        let texts = Vec::<String>::read_back(key, value)?;
        Ok(texts.into_iter().map(ParameterText::from).collect())
    }
}

fn list(texts: &[impl std::fmt::Display]) -> Option<String> {
    let texts: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    (!texts.is_empty()).then(|| format!("[{}]", texts.join(", ")))
}

impl Setting for syn::Path {
    fn read(key: &'static Key, value: &Value, diagnostics: &mut Diagnostics) -> Option<Self> {
        keep(value::path(key, value), diagnostics)
    }

    fn written(&self) -> Option<String> {
        Some(tokens::text(self.to_token_stream()))
    }
}

//! A number, a flag, a choice, a text, a list, a path.

use quote::ToTokens;
use redrive_model::Rounds;
use redrive_model::policy::{
    Choice, FilterScope, OnConflict, OnGroupFailure, OnPermanent, OnTotalFailure,
};
use redrive_model::words;
use syn::parse::Parser;

use super::{Setting, TemplateValue};
use crate::allow::allowable;
use crate::catalog;
use crate::diagnostic::{Diagnostic, Fix, Rejected};
use crate::keys::{Key, Kind};
use crate::nearest::nearest;
use crate::parameter_text::ParameterText;
use crate::place::Place;
use crate::policy_arn;
use crate::queue_name;
use crate::schedule;
use crate::senders::Sender;
use crate::tokens::{self, excerpt};
use crate::value::{Value, What};

/// A whole number in the key's range.
impl Setting for u32 {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let (range, unit, otherwise) = match &key.kind {
            Kind::Integer(range, unit) => (range, *unit, String::new()),
            Kind::Rounds(range) => {
                let unlimited = format!(", or `\"{}\"`", Rounds::UNLIMITED);
                (range, "redrives", unlimited)
            }
            _ => Err(value.wrong_type(key, "a whole number"))?,
        };
        let (min, max) = (range.start(), range.end());
        let wants = format!("a whole number from {min} to {max}{otherwise}");
        let in_range = |digits: &str| digits.parse().ok().filter(|number| range.contains(number));
        let name = key.name;
        let (shown, is_low) = match &value.what {
            What::Integer(digits, suffix) => match (in_range(digits), suffix.as_str()) {
                (Some(number), "") => return Ok(number),
                (Some(number), suffix) => {
                    let problem = format!("`{name}` must be {wants}, without `{suffix}`");
                    let refused = value.refuse(&catalog::WRONG_TYPE, problem);
                    Err(refused.fix(Fix::set(name, number)))?
                }
                (None, _) => (digits, digits.parse().is_ok_and(|it: u32| it < *min)),
            },
            What::Negative => (&value.text, true),
            What::Text(text) if let Some(number) = in_range(number_in(text)) => {
                Err(value.write(key, &wants, number))?
            }
            _ => Err(value.wrong_type(key, &wants))?,
        };
        let problem = format!(
            "`{name}` is {}, but must be from {min} to {max} {unit}",
            excerpt(shown)
        );
        let refused = value.refuse(&catalog::OUT_OF_RANGE, problem);
        Err(refused.fix(Fix::set(name, if is_low { min } else { max })))?
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

/// The number of a text such as `512 MB`.
fn number_in(text: &str) -> &str {
    let text = text.trim();
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match rest.trim().chars().all(char::is_alphabetic) {
        true => &text[..text.len() - rest.len()],
        false => "",
    }
}

/// `true` or `false`.
impl Setting for bool {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let wants = "`true` or `false`";
        let word = match &value.what {
            What::Flag(flag) => return Ok(*flag),
            What::Text(text) => text.trim(),
            _ => value.text.as_str(),
        };
        Err(match word.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => value.write(key, wants, true),
            "false" | "no" | "off" | "0" => value.write(key, wants, false),
            _ => value.wrong_type(key, wants),
        })?
    }

    fn written(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// One of the words of a choice.
fn choice<T: Choice>(key: &Key, value: &Value) -> Result<T, Diagnostic> {
    let words = T::ALL.iter().map(|choice| choice.word());
    let quoted: Vec<_> = words.clone().map(|word| format!("`\"{word}\"`")).collect();
    let list = words::list(&quoted, "or");
    let text = match &value.what {
        What::Text(text) => text,
        What::Path(_) if let Some(near) = nearest(&value.text, words.clone()) => {
            return Err(value.write(key, &list, format_args!("\"{near}\"")));
        }
        _ => return Err(value.wrong_type(key, &list)),
    };
    T::from_word(text).ok_or_else(|| {
        let problem = format!("`{}` must be {list}, not `\"{}\"`", key.name, excerpt(text));
        let refused = value.refuse(&catalog::UNKNOWN_CHOICE, problem);
        let offered = |refused: Diagnostic, word| refused.fix(Fix::set_text(key.name, word));
        match nearest(text, words.clone()) {
            Some(near) => offered(refused, near),
            None => words.fold(refused, offered),
        }
    })
}

macro_rules! choices {
    ($($name:ident)*) => {
        $(impl Setting for $name {
            fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
                Ok(choice(key, value)?)
            }

            fn written(&self) -> Option<String> {
                Some(format!("\"{}\"", self.word()))
            }
        })*
    };
}

redrive_model::choices!(choices);

/// The text of a string.
pub(super) fn text(key: &Key, value: &Value) -> Result<String, Diagnostic> {
    if let What::Text(text) = &value.what {
        return Ok(text.clone());
    }
    if let What::Path(path) = &value.what
        && path.is_ident(&value.text.to_uppercase())
    {
        let name = excerpt(&value.text);
        let text = format!("the value of the constant `{name}` is not known here");
        let refused = value.refuse(&catalog::WRONG_TYPE, text);
        return Err(refused.help(format!("write the text itself, such as `{}`", key.shown())));
    }
    let mut texts = [&value.text, &value.schedule].into_iter();
    Err(match texts.find_map(|text| text_of(key, text)) {
        Some(text) => {
            let problem = format!("the value of `{}` has no quotes", key.name);
            let refused = value.refuse(&catalog::WRONG_TYPE, problem);
            refused.fix(Fix::set_text(key.name, text))
        }
        None => value.wrong_type(key, "a string"),
    })
}

/// The text with its parameters.
pub(crate) fn placeholders(text: &str, place: Place) -> Result<ParameterText, Diagnostic> {
    let read = ParameterText::parse(text);
    read.map_err(|error| {
        Diagnostic::new(&catalog::PLACEHOLDER, place, error.problem).help(error.help)
    })
}

/// The text if the key accepts it, or what a schedule is likely meant to be.
fn text_of(key: &Key, text: &str) -> Option<String> {
    let is_accepted = match key.kind {
        Kind::Schedule => return schedule::meant(text),
        Kind::Timezone => schedule::timezone(text).is_ok(),
        Kind::File => text.ends_with(".json") && !text.contains(' '),
        _ => queue_name::problem(text).is_none(),
    };
    is_accepted.then(|| text.to_owned())
}

/// The strings of a list, or one string alone.
impl Setting for Vec<String> {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let values = match &value.what {
            What::List(values) => values.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let (mut texts, mut rejected) = (Vec::new(), Rejected::new());
        for value in values {
            let text = listed(key, value).and_then(|text| match text {
                text if texts.contains(&text) => {
                    let problem = format!("`{}` lists this twice", key.name);
                    let twice = value.refuse(&catalog::DUPLICATE_KEY, problem);
                    Err(twice.help("remove one of the two"))
                }
                text if is_elsewhere(key, &texts, &text) => {
                    let problem = "the policies of one role are in one partition, such as `aws`";
                    let elsewhere = value.refuse(&catalog::POLICY_ARN, problem);
                    Err(elsewhere.help("use the partition of the first policy"))
                }
                text => Ok(text),
            });
            match text {
                Ok(text) => texts.push(text),
                Err(diagnostic) => rejected.push(diagnostic),
            }
        }
        rejected.is_empty().then_some(texts).ok_or(rejected)
    }

    fn written(&self) -> Option<String> {
        super::list(self)
    }
}

/// Whether this is a policy of another partition than the first.
fn is_elsewhere(key: &Key, texts: &[String], text: &str) -> bool {
    let partition = policy_arn::partition;
    let mut known = texts.iter().filter(|text| !text.contains("${"));
    let first = known.next().filter(|_| matches!(key.kind, Kind::Policies));
    !text.contains("${") && first.is_some_and(|first| partition(first) != partition(text))
}

fn listed(key: &Key, value: &Value) -> Result<String, Diagnostic> {
    let check = |text: &str| {
        let read = || placeholders(text, value.place);
        let (rule, checked) = match key.kind {
            Kind::Rules => (&catalog::UNKNOWN_RULE, allowable(text)),
            Kind::Senders => (&catalog::SENDER, Sender::of(&read()?).map(drop)),
            Kind::Topics => (&catalog::SENDER, Sender::topic(&read()?).map(drop)),
            _ => (&catalog::POLICY_ARN, policy_arn::check(&read()?)),
        };
        let refuse = |(problem, help)| value.refuse(rule, problem).help(help);
        checked.map_err(refuse)
    };
    match &value.what {
        What::Text(text) => check(text).map(|()| text.clone()),
        What::Path(_) | What::Unread(_) | What::Integer(..) if check(&value.text).is_ok() => {
            let problem = format!("`{}` lists strings", key.name);
            let refused = value.refuse(&catalog::WRONG_TYPE, problem);
            Err(refused.help(format!("write `\"{}\"` with quotes", value.text)))
        }
        _ => Err(value.wrong_type(key, "a string, or a list of strings")),
    }
}

/// A path such as `connect` or `OrderError::is_permanent`.
impl Setting for syn::Path {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let (wants, text) = match (&value.what, &key.kind) {
            (What::Path(path), _) => return Ok(path.clone()),
            (What::Text(text), Kind::Crate) => ("the path of a crate", text.trim()),
            (What::Text(text), _) => ("the path of a function", text.trim()),
            (_, Kind::Crate) => ("the path of a crate", value.text.as_str()),
            (_, _) => ("the path of a function", value.text.as_str()),
        };
        let text = text.strip_suffix("()").unwrap_or(text);
        Err(match is_path(text) {
            true => value.write(key, wants, text),
            false => value.wrong_type(key, wants),
        })?
    }

    fn written(&self) -> Option<String> {
        Some(tokens::text(self.to_token_stream()))
    }
}

/// Whether this is a path; rustc itself reports a text that is not tokens.
fn is_path(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_:<>".contains(c);
    (1..=100).contains(&text.len())
        && text.chars().all(is_plain)
        && !matches!(text, "true" | "false")
        && syn::Path::parse_mod_style.parse_str(text).is_ok()
}

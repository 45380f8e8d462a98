//! `idempotent(key = order.id, ttl = "60d", on_conflict = "permanent", table = "done")`.

use std::time::Duration;

use proc_macro2::Ident;
use redrive_model::duration::written;
use redrive_model::policy::{Choice as _, OnConflict};
use syn::Expr;

use crate::catalog;
use crate::diagnostic::{Diagnostic, Fix, Rejected};
use crate::group;
use crate::keys::{IDEMPOTENCY, Key};
use crate::parameter_text::ParameterText;
use crate::setting::Setting;
use crate::tokens::excerpt;
use crate::value::{Value, What};

/// The word for the id that SQS gives a message.
pub(crate) const MESSAGE_ID: &str = "message_id";

/// The characters of a table's name:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
const TABLE_CHARACTERS: std::ops::RangeInclusive<usize> = 3..=255;

/// Which messages are the same, and how long that is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Idempotent {
    /// The key as it is written: a field, the path of a function, or `message_id`.
    pub key: String,
    /// How long a completed key is remembered; `None`: the longest that a copy of a message is on its way.
    pub ttl: Option<Duration>,
    /// What happens to a message with a completed key and another body.
    pub on_conflict: OnConflict,
    /// The name or the ARN of a table that exists.
    pub table: Option<ParameterText>,
}

impl Setting for Idempotent {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let mut idempotent = Idempotent::default();
        group::read(key, value, |pair| {
            if pair.name.contains('.') {
                let problem = format!("`{}` is not a setting", excerpt(&pair.name));
                let field = Diagnostic::new(&catalog::UNKNOWN_KEY, pair.place, problem);
                Err(field.help(format!("write `key = {}`", pair.name)))?;
            }
            let (member, value) = group::member(pair, IDEMPOTENCY, "setting")?;
            match member.name {
                "key" => idempotent.key = key_text(value)?,
                "ttl" => idempotent.ttl = Some(Duration::read(member, value)?),
                "on_conflict" => idempotent.on_conflict = OnConflict::read(member, value)?,
                _ => idempotent.table = Some(table(member, value)?),
            }
            Ok(())
        })?;
        if idempotent.key.is_empty() {
            let problem = "`idempotent` does not specify which messages are the same";
            let missing = value.refuse(&catalog::IDEMPOTENT_KEY, problem);
            return Err(missing.help(HELP).into());
        }
        Ok(idempotent)
    }

    fn written(&self) -> Option<String> {
        let mut members = vec![format!("key = {}", self.key)];
        members.extend(self.ttl.map(|ttl| format!("ttl = \"{}\"", written(ttl))));
        if self.on_conflict != OnConflict::default() {
            members.push(format!("on_conflict = \"{}\"", self.on_conflict.word()));
        }
        members.extend(
            self.table
                .iter()
                .map(|table| format!("table = \"{table}\"")),
        );
        Some(format!("({})", members.join(", ")))
    }
}

const HELP: &str = "write a field of the message, such as `idempotent(key = order.id)`";

fn key_text(value: &Value) -> Result<String, Diagnostic> {
    let is = value.described();
    Err(match &value.what {
        What::Path(_) => return Ok(value.text.clone()),
        What::Field(field) if first(field).is_some() => return Ok(value.text.clone()),
        What::Text(_) | What::Flag(_) | What::Integer(..) => {
            let problem = format!("`key` must be a field of the message, not {is}");
            value.refuse(&catalog::WRONG_TYPE, problem).help(HELP)
        }
        _ => {
            let problem = format!("`key` is {is}, but must be a field or the path of a function");
            let help =
                "move it to a `fn order_key(order: &Order) -> String`, and write `key = order_key`";
            value.refuse(&catalog::IDEMPOTENT_KEY, problem).help(help)
        }
    })
}

/// The name that a field's path begins with.
pub(crate) fn first(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Field(field) => first(&field.base),
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}

fn table(member: &'static Key, value: &Value) -> Result<ParameterText, Rejected> {
    let text = ParameterText::read(member, value)?;
    match table_problem(&text) {
        None => Ok(text),
        Some(problem) => {
            let help = "write the name or the ARN of a table with the partition key `id`, a string";
            Err(value.refuse(&catalog::IDEMPOTENT_TABLE, problem).help(help))?
        }
    }
}

fn table_problem(text: &ParameterText) -> Option<String> {
    if text.only_parameter().is_some() {
        return None;
    }
    let text = text.with(|_| "xxx".to_owned());
    let name = match text.strip_prefix("arn:") {
        Some(arn) => match *arn.splitn(5, ':').collect::<Vec<_>>().as_slice() {
            [_, "dynamodb", _, _, resource] => resource.strip_prefix("table/"),
            _ => None,
        },
        None => Some(&*text),
    };
    let Some(name) = name else {
        return Some("this is not the ARN of a DynamoDB table".to_owned());
    };
    let wrong = name
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || "_.-".contains(*c)));
    if let Some(wrong) = wrong {
        return Some(format!(
            "table name contains `{}`; only letters, digits, `_`, `.` and `-` are allowed",
            wrong.escape_debug()
        ));
    }
    let (least, most) = (TABLE_CHARACTERS.start(), TABLE_CHARACTERS.end());
    (!TABLE_CHARACTERS.contains(&name.len())).then(|| {
        format!(
            "the table name's length is {}, but DynamoDB allows {least} to {most} characters",
            name.len()
        )
    })
}

/// A setting with another `ttl`, or without.
pub(crate) fn with_ttl(idempotent: &Idempotent, ttl: Option<Duration>) -> Fix {
    let changed = Idempotent {
        ttl,
        ..idempotent.clone()
    };
    Fix::set("idempotent", changed.written().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_a_name_or_an_arn() {
        for (text, is_right) in [
            ("done", true),
            ("Done.Keys-1_x", true),
            ("${Table}", true),
            ("${Stage}-done", true),
            ("arn:aws:dynamodb:eu-west-1:123456789012:table/done", true),
            (
                "arn:aws:dynamodb:eu-west-1:123456789012:table/${Stage}-done",
                true,
            ),
            ("ab", false),
            ("done keys", false),
            ("arn:aws:sqs:eu-west-1:123456789012:done", false),
            ("arn:aws:dynamodb:eu-west-1:123456789012:done", false),
        ] {
            let text = ParameterText::parse(text).expect("a text");
            assert_eq!(table_problem(&text).is_none(), is_right, "{text}");
        }
        let long = ParameterText::parse(&"t".repeat(256)).expect("a text");
        assert!(table_problem(&long).is_some());
    }
}

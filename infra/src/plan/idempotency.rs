//! The table of `idempotent`, which all functions of the stack share.

use redrive_model::idempotency::ACTIONS;
use redrive_syntax::{Function, ParameterText};

use super::Scope;
use super::names::shared::{IDEMPOTENCY_TABLE, IDEMPOTENCY_TABLE_NAME};
use super::outputs::Output;
use super::resource::{Grant, Kind, Resource, Value};

/// Whether the function remembers its messages in the table of the stack.
pub(super) fn needs_table(function: &Function) -> bool {
    let idempotent = function.idempotent.as_ref();
    idempotent.is_some_and(|idempotent| idempotent.table.is_none())
}

pub(super) fn table() -> Resource {
    let what = "DynamoDB table of the messages that were completed: on demand, keys expire";
    Resource::new(IDEMPOTENCY_TABLE, None, what, Kind::Table)
}

pub(super) fn output() -> Output {
    let what = "Name of the table of the messages that were completed";
    let name = Value::Name(IDEMPOTENCY_TABLE.to_owned());
    Output::new(IDEMPOTENCY_TABLE_NAME, what, name)
}

impl Scope<'_> {
    /// The user's own table, if there is one.
    fn own_table(&self) -> Option<&ParameterText> {
        self.function.idempotent.as_ref()?.table.as_ref()
    }

    pub(super) fn table_name(&self) -> Value {
        match self.own_table() {
            Some(table) => Value::Text(table.clone()),
            None => Value::Name(IDEMPOTENCY_TABLE.to_owned()),
        }
    }

    /// The right to call the table.
    pub(super) fn remember(&self) -> Option<Grant> {
        self.function.idempotent.as_ref()?;
        let (table, name) = match self.own_table() {
            Some(arn) if arn.to_string().starts_with("arn:") => {
                (Value::Text(arn.clone()), arn.to_string())
            }
            Some(name) => (Value::TableArn(name.clone()), name.to_string()),
            None => (
                Value::Arn(IDEMPOTENCY_TABLE.to_owned()),
                IDEMPOTENCY_TABLE.to_owned(),
            ),
        };
        let description = format!("put, update and delete items of the table `{name}`");
        Some(Grant::new("Remember", &ACTIONS, table, description))
    }
}

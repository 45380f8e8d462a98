//! One item of `idempotent`, in simulated time.

use redrive_model::idempotency::attribute::{BODY, EXPIRES, ID, LEASE, OWNER, STATE};
use redrive_model::idempotency::state::{CLAIMED, COMPLETED};
use serde_json::{Map, Value, json};

/// Attributes as DynamoDB writes them: `{"id": {"S": "…"}}`.
pub(super) type Values = Map<String, Value>;

#[derive(Debug)]
pub(super) struct Item {
    pub(super) owner: String,
    /// In Base64.
    body: String,
    /// When the claim ends, in milliseconds; `None`: completed.
    lease: Option<i64>,
    /// When it is forgotten, in milliseconds.
    expires: i64,
}

impl Item {
    /// Reads what a claim puts.
    pub(super) fn read(values: &Values, offset: i64) -> Result<Self, String> {
        if text(values, STATE)? != CLAIMED {
            return Err(format!("`{STATE}` must be `{CLAIMED}`"));
        }
        let body = values[BODY]["B"].as_str();
        Ok(Self {
            owner: text(values, OWNER)?,
            body: body.ok_or(format!("`{BODY}` must be binary"))?.to_owned(),
            lease: Some(number(values, LEASE)? + offset),
            expires: 1_000 * number(values, EXPIRES)? + offset,
        })
    }

    pub(super) fn is_claimed(&self) -> bool {
        self.lease.is_some()
    }

    /// The condition of a claim.
    pub(super) fn can_be_claimed(&self, now: i64) -> bool {
        self.expires < now || self.lease.is_some_and(|lease| lease < now)
    }

    pub(super) fn complete(&mut self, expires: i64) {
        (self.lease, self.expires) = (None, expires);
    }

    /// The attributes, in the caller's time.
    pub(super) fn written(&self, id: &str, offset: i64) -> Value {
        let state = if self.is_claimed() {
            CLAIMED
        } else {
            COMPLETED
        };
        let mut item = json!({
            ID: { "S": id },
            OWNER: { "S": self.owner },
            STATE: { "S": state },
            BODY: { "B": self.body },
            EXPIRES: { "N": ((self.expires - offset) / 1_000).to_string() },
        });
        if let Some(lease) = self.lease {
            item[LEASE] = json!({ "N": (lease - offset).to_string() });
        }
        item
    }
}

/// The value of an attribute that is a string.
pub(super) fn text(values: &Values, name: &str) -> Result<String, String> {
    let text = values.get(name).and_then(|value| value["S"].as_str());
    text.map(str::to_owned)
        .ok_or_else(|| format!("`{name}` must be a string"))
}

/// The value of an attribute that is a whole number.
pub(super) fn number(values: &Values, name: &str) -> Result<i64, String> {
    let number = values.get(name).and_then(|value| value["N"].as_str());
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| format!("`{name}` must be a whole number"))
}

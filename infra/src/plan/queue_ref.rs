//! A queue, or the queue's key, in terms of the values of a plan.

use redrive_syntax::ParameterText;
use redrive_syntax::kms_key::KmsKey;

use super::resource::{Grant, Value};
use super::{Part, Scope};

/// A queue that the stack creates, or one that exists.
pub(super) enum QueueRef {
    /// By its logical id.
    Own(String),
    /// By its ARN.
    Existing(ParameterText),
}

impl QueueRef {
    pub(super) fn arn(&self) -> Value {
        match self {
            Self::Own(id) => Value::Arn(id.clone()),
            Self::Existing(arn) => Value::Text(arn.clone()),
        }
    }

    pub(super) fn url(&self) -> Value {
        match self {
            Self::Own(id) => Value::QueueUrl(id.clone()),
            Self::Existing(arn) => Value::UrlOf(arn.clone()),
        }
    }

    pub(super) fn name(&self) -> Value {
        match self {
            Self::Own(id) => Value::QueueName(id.clone()),
            Self::Existing(arn) => Value::NameOf(arn.clone()),
        }
    }
}

impl Scope<'_> {
    pub(super) fn queue(&self) -> QueueRef {
        self.queue_ref(Part::Queue, self.function.existing_queue())
    }

    pub(super) fn dlq(&self) -> QueueRef {
        self.queue_ref(Part::Dlq, self.function.existing_dlq())
    }

    pub(super) fn parking(&self) -> QueueRef {
        self.queue_ref(Part::Parking, self.function.existing_parking())
    }

    fn queue_ref(&self, part: Part, existing: Option<&ParameterText>) -> QueueRef {
        match existing {
            Some(arn) => QueueRef::Existing(arn.clone()),
            None => QueueRef::Own(self.id(part)),
        }
    }
}

/// The right to use the key of a queue; none is needed for a key that AWS manages.
pub(super) fn use_key(
    sid: &'static str,
    key: Option<&ParameterText>,
    sends: bool,
) -> Option<Grant> {
    let key = key?;
    let actions = match sends {
        true => &["kms:Decrypt", "kms:GenerateDataKey"][..],
        false => &["kms:Decrypt"],
    };
    let (on, alias) = match KmsKey::of(key)? {
        KmsKey::ManagedByAws => return None,
        KmsKey::Arn(arn) => (Value::Text(arn), None),
        KmsKey::Id(id) => (Value::Key(id), None),
        KmsKey::Alias(alias, Some(all)) => (Value::Text(all), Some(alias)),
        KmsKey::Alias(alias, None) => (Value::Key("*".into()), Some(alias)),
    };
    let what = match sends {
        true => "encrypt and decrypt",
        false => "decrypt",
    };
    let description = format!("{what} messages with the key `{key}`");
    Some(Grant {
        alias,
        ..Grant::new(sid, actions, on, description)
    })
}

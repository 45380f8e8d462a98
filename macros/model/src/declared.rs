//! What the keys declare of queues that exist: redrive cannot see it at build time, so it
//! is compared later, by the redrive function and by `cargo redrive package --verify`.

#[cfg(feature = "compare")]
mod compare;
#[cfg(feature = "compare")]
mod policy;

#[cfg(feature = "compare")]
pub use compare::{Declaration, Difference, Existing};

/// A key that declares a number of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The key of the attribute.
    pub key: &'static str,
    /// Whether it is of the DLQ, and not of the source queue.
    pub is_of_dlq: bool,
    /// The attribute of the queue; `maxReceiveCount` is inside its `RedrivePolicy`.
    pub attribute: &'static str,
    /// The rule that judges it.
    pub rule: &'static str,
}

/// The key that needs another number of receives than `max_receive_count`.
pub const ROUNDS: &str = "redrive_rounds";

/// All of them.
pub const NUMBERS: [Number; 5] = [
    number(
        "visibility_timeout",
        "VisibilityTimeout",
        "visibility_timeout",
    ),
    number("max_receive_count", "maxReceiveCount", "receive_count_low"),
    // Of a worker that counts rounds: one more than `max_receive_count`.
    number(ROUNDS, "maxReceiveCount", "receive_count_low"),
    number("retention", "MessageRetentionPeriod", "expires_before_dlq"),
    Number {
        is_of_dlq: true,
        ..number("dlq_retention", "MessageRetentionPeriod", "dlq_retention")
    },
];

const fn number(key: &'static str, attribute: &'static str, rule: &'static str) -> Number {
    Number {
        key,
        is_of_dlq: false,
        attribute,
        rule,
    }
}

/// What the keys of one function declare of its queues that exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The numbers; those of a queue that the template creates are not in it.
    pub numbers: Vec<(Number, u32)>,
    /// Who sends to the source queue: ARNs of resources, and ids of accounts.
    pub senders: Vec<String>,
    /// The key of KMS.
    pub kms_key: Option<String>,
}

const SENDERS: &str = "senders";
const KMS_KEY: &str = "kms_key";

impl Declared {
    /// The numbers of these keys.
    pub fn numbers(numbers: impl IntoIterator<Item = (&'static str, u32)>) -> Self {
        let numbers = numbers.into_iter().filter_map(|(key, number)| {
            let known = NUMBERS.iter().find(|known| known.key == key)?;
            Some((*known, number))
        });
        Self {
            numbers: numbers.collect(),
            ..Self::default()
        }
    }

    /// Whether something is declared of this queue.
    pub fn is_of(&self, is_dlq: bool) -> bool {
        self.numbers.iter().any(|(it, _)| it.is_of_dlq == is_dlq)
    }

    /// All as one line, for an environment variable: each key with `=` and its value. No
    /// ARN has a space or a comma.
    pub fn encode(&self) -> String {
        let numbers = self.numbers.iter();
        let numbers = numbers.map(|(it, number)| format!("{}={number}", it.key));
        let senders = (!self.senders.is_empty()).then(|| self.senders.join(","));
        let senders = senders.map(|senders| format!("{SENDERS}={senders}"));
        let key = self.kms_key.as_ref().map(|key| format!("{KMS_KEY}={key}"));
        let words: Vec<_> = numbers.chain(senders).chain(key).collect();
        words.join(" ")
    }

    /// Reads an encoded line; what is not known is skipped.
    pub fn decode(line: &str) -> Self {
        let mut declared = Self::default();
        for (key, value) in line.split(' ').filter_map(|word| word.split_once('=')) {
            match key {
                SENDERS => declared.senders = value.split(',').map(str::to_owned).collect(),
                KMS_KEY => declared.kms_key = Some(value.to_owned()),
                _ => {
                    let known = NUMBERS.iter().find(|known| known.key == key);
                    let number = known.and_then(|known| Some((*known, value.parse().ok()?)));
                    declared.numbers.extend(number);
                }
            }
        }
        declared
    }
}

#[cfg(test)]
mod tests {
    use super::{Declared, NUMBERS};

    #[test]
    fn what_is_encoded_is_decoded() {
        let numbers = Declared::numbers(NUMBERS.map(|number| (number.key, 5)));
        assert_eq!(numbers.numbers, NUMBERS.map(|number| (number, 5)));
        let all = Declared {
            senders: vec!["arn:aws:s3:::a=b".to_owned(), "123456789012".to_owned()],
            kms_key: Some("alias/orders".to_owned()),
            ..numbers
        };
        assert_eq!(Declared::decode(&all.encode()), all);
        let nothing = Declared::default();
        assert_eq!(Declared::decode(&nothing.encode()), nothing);
        let unknown = Declared::decode("retention=x colour=5 retention");
        assert_eq!(unknown, nothing);
    }
}

//! What the keys declare of queues that exist: redrive cannot see it at build time, so it
//! is compared later.

/// A number that a key declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The key of the attribute.
    pub key: &'static str,
    /// Whether it is of the DLQ, and not of the source queue.
    pub is_of_dlq: bool,
    /// The attribute of the queue; `maxReceiveCount` is inside its `RedrivePolicy`.
    pub attribute: &'static str,
    /// The rule that judges it.
    pub rule: &'static str,
}

/// All of them.
pub const DECLARED: [Declared; 4] = [
    Declared {
        key: "visibility_timeout",
        is_of_dlq: false,
        attribute: "VisibilityTimeout",
        rule: "visibility_timeout",
    },
    Declared {
        key: "max_receive_count",
        is_of_dlq: false,
        attribute: "maxReceiveCount",
        rule: "receive_count_low",
    },
    Declared {
        key: "retention",
        is_of_dlq: false,
        attribute: "MessageRetentionPeriod",
        rule: "expires_before_dlq",
    },
    Declared {
        key: "dlq_retention",
        is_of_dlq: true,
        attribute: "MessageRetentionPeriod",
        rule: "dlq_retention",
    },
];

/// The numbers as one line: each key with `=` and its number.
pub fn encode(numbers: impl IntoIterator<Item = (&'static str, u32)>) -> String {
    let numbers = numbers.into_iter();
    let numbers = numbers.map(|(key, number)| format!("{key}={number}"));
    numbers.collect::<Vec<_>>().join(" ")
}

/// The numbers of an encoded line; what is not known is skipped.
pub fn decode(line: &str) -> Vec<(Declared, u32)> {
    let read = |word: &str| {
        let (key, number) = word.split_once('=')?;
        let declared = DECLARED.iter().find(|one| one.key == key)?;
        Some((*declared, number.parse().ok()?))
    };
    line.split(' ').filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::{DECLARED, decode, encode};

    #[test]
    fn what_is_encoded_is_decoded() {
        let numbers = DECLARED.map(|one| (one.key, 5));
        let decoded = DECLARED.map(|one| (one, 5));
        assert_eq!(decode(&encode(numbers)), decoded);
        assert_eq!(decode(""), []);
        assert_eq!(decode("retention=x colour=5 retention"), []);
    }
}

//! What a worker's log contains about single records: the number of attempts,
//! their errors, and whether some records were not processed at all.

use std::collections::{BTreeMap, BTreeSet};

use redrive_model::log::{TARGET, event, field};
use serde_json::Value;

/// The records in the log of one invocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// By message id, the records with a failed or unfinished attempt.
    pub(crate) failures: BTreeMap<String, Failure>,
    /// By message id, the records that were not processed, because their idempotency keys
    /// were completed.
    pub(crate) duplicates: BTreeSet<String>,
    /// Those whose idempotency keys another delivery had claimed.
    pub(crate) in_progress: BTreeSet<String>,
    /// Whether some records were not processed, because the time was up or
    /// another record failed.
    pub(crate) some_not_processed: bool,
}

/// The failed attempts at one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The number of the last attempt.
    pub(crate) attempt: u32,
    /// The error of the last attempt that ended.
    pub(crate) error: Option<String>,
    /// Whether the last attempt did not end in time.
    pub(crate) out_of_time: bool,
}

impl Attempts {
    /// Reads the lines of JSON that redrive wrote, and skips all others.
    pub(crate) fn read(log: &[String]) -> Self {
        let mut attempts = Self::default();
        for line in log {
            if let Ok(line) = serde_json::from_str::<Value>(line)
                && line[field::TARGET] == TARGET
            {
                attempts.line(&line);
            }
        }
        attempts
    }

    fn line(&mut self, line: &Value) {
        match line[field::EVENT].as_str().unwrap_or_default() {
            event::BATCH_HANDLED => {
                let count = |name: &str| line[name].as_u64().unwrap_or_default();
                let unfinished = self.failures.values().filter(|failure| failure.out_of_time);
                let unfinished = u64::try_from(unfinished.count()).unwrap_or(u64::MAX);
                self.some_not_processed =
                    count(field::OUT_OF_TIME) + count(field::NOT_RUN) > unfinished;
            }
            event::ATTEMPT_FAILED | event::RECORD_FAILED => self.failure(line, false),
            event::RECORD_OUT_OF_TIME => self.failure(line, true),
            event::DUPLICATE_COMPLETED => self.duplicates.extend(id(line)),
            event::DUPLICATE_IN_PROGRESS => self.in_progress.extend(id(line)),
            _ => {}
        }
    }

    fn failure(&mut self, line: &Value, out_of_time: bool) {
        let Some(id) = id(line) else {
            return;
        };
        let attempt = line[field::ATTEMPT].as_u64().unwrap_or_default();
        let failure = Failure {
            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
            error: line[field::ERROR].as_str().map(str::to_owned),
            out_of_time,
        };
        self.failures.insert(id, failure);
    }
}

fn id(line: &Value) -> Option<String> {
    line[field::MESSAGE_ID].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A line of redrive's, with another message than it writes.
    fn line(event: &str, fields: Value) -> String {
        let mut line = fields;
        line[field::TARGET] = TARGET.into();
        line[field::EVENT] = event.into();
        line[field::MESSAGE] = "a text for people".into();
        line.to_string()
    }

    fn attempt(number: u32, error: Option<&str>) -> Value {
        json!({ field::MESSAGE_ID: "a", field::ATTEMPT: number, field::ERROR: error })
    }

    fn handled(out_of_time: u32) -> String {
        let fields = json!({ field::OUT_OF_TIME: out_of_time, field::NOT_RUN: 0 });
        line(event::BATCH_HANDLED, fields)
    }

    #[test]
    fn reads_the_last_failure_of_each_record() {
        let mut others = json!({ "target": "orders", field::EVENT: event::RECORD_FAILED });
        others[field::MESSAGE_ID] = "b".into();
        let read = Attempts::read(&[
            line(event::ATTEMPT_FAILED, attempt(1, Some("x"))),
            "not JSON".to_owned(),
            others.to_string(),
            line(event::RECORD_FAILED, attempt(2, Some("y"))),
            handled(0),
        ]);
        let expected = Failure {
            attempt: 2,
            error: Some("y".to_owned()),
            out_of_time: false,
        };
        assert_eq!(read.failures, BTreeMap::from([("a".to_owned(), expected)]));
        assert!(!read.some_not_processed);
    }

    #[test]
    fn duplicates_are_not_failures() {
        let of = |event, id: &str| line(event, json!({ field::MESSAGE_ID: id }));
        let read = Attempts::read(&[
            of(event::DUPLICATE_COMPLETED, "a"),
            of(event::DUPLICATE_IN_PROGRESS, "b"),
            handled(0),
        ]);
        assert_eq!(read.duplicates, BTreeSet::from(["a".to_owned()]));
        assert_eq!(read.in_progress, BTreeSet::from(["b".to_owned()]));
        assert!(read.failures.is_empty() && !read.some_not_processed);
    }

    #[test]
    fn an_unfinished_record_differs_from_one_that_was_not_processed() {
        let unfinished = line(event::RECORD_OUT_OF_TIME, attempt(1, None));
        let one = Attempts::read(&[unfinished.clone(), handled(1)]);
        assert!(one.failures["a"].out_of_time);
        assert_eq!(one.failures["a"].error, None);
        assert!(!one.some_not_processed);
        assert!(Attempts::read(&[unfinished, handled(2)]).some_not_processed);
    }
}

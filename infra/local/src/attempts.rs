//! What a worker's log tells of single records: how many attempts, why they
//! failed, and whether some were not begun at all.

use std::collections::BTreeMap;

use serde_json::Value;

/// How the worker's line about a record begins that its time was up for.
const OUT_OF_TIME: &str = "record not done in time";

/// The worker's line about an invocation.
const HANDLED: &str = "batch handled";

/// What one invocation's log tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempts {
    /// By message id, those that were begun and are not done at first.
    pub(crate) failures: BTreeMap<String, Failure>,
    /// Whether the worker says that it ran out of time, or stopped, before some
    /// records.
    pub(crate) some_not_run: bool,
}

/// The failures of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The last attempt that was begun.
    pub(crate) attempt: u32,
    /// Why the last one failed; `None` if none came to an end.
    pub(crate) error: Option<String>,
    /// The time of the invocation was up.
    pub(crate) out_of_time: bool,
}

impl Attempts {
    /// Reads lines of JSON with `messageId`, `attempt`, the kind of the
    /// `failure`, and the `error`; other lines are passed over.
    pub(crate) fn read(log: &[String]) -> Self {
        let mut attempts = Self::default();
        for line in log {
            if let Ok(line) = serde_json::from_str(line) {
                attempts.line(&line);
            }
        }
        attempts
    }

    fn line(&mut self, line: &Value) {
        let text = |name: &str| line[name].as_str();
        let message = text("message").unwrap_or_default();
        if message == HANDLED {
            let not_begun = |name: &str| line[name].as_u64().unwrap_or_default();
            let out_of_time = self.failures.values().filter(|failure| failure.out_of_time);
            let begun = u64::try_from(out_of_time.count()).unwrap_or(u64::MAX);
            self.some_not_run = not_begun("outOfTime") + not_begun("notRun") > begun;
        }
        let out_of_time = message.starts_with(OUT_OF_TIME);
        let Some(id) = text("messageId").filter(|_| out_of_time || text("failure").is_some())
        else {
            return;
        };
        let attempt = line["attempt"].as_u64().unwrap_or_default();
        let failure = Failure {
            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
            error: text("error").map(str::to_owned),
            out_of_time,
        };
        self.failures.insert(id.to_owned(), failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(log: &[&str]) -> Attempts {
        let log: Vec<String> = log.iter().map(|&line| line.to_owned()).collect();
        Attempts::read(&log)
    }

    #[test]
    fn reads_the_last_failure_of_each_record() {
        let read = read(&[
            r#"{"level":"WARN","messageId":"a","attempt":1,"failure":"transient","error":"x"}"#,
            "not JSON",
            r#"{"level":"INFO","messageId":"a","attempt":2,"message":"the function's own"}"#,
            r#"{"level":"ERROR","messageId":"a","attempt":2,"failure":"panic","error":"y"}"#,
            r#"{"level":"INFO","message":"batch handled","outOfTime":0,"notRun":0}"#,
        ]);
        let expected = Failure {
            attempt: 2,
            error: Some("y".to_owned()),
            out_of_time: false,
        };
        assert_eq!(read.failures, BTreeMap::from([("a".to_owned(), expected)]));
        assert!(!read.some_not_run);
    }

    #[test]
    fn tells_what_was_begun_from_what_was_not() {
        let begun = r#"{"messageId":"a","attempt":1,"message":"record not done in time; set …"}"#;
        let handled = |out_of_time: u32| {
            format!(r#"{{"message":"batch handled","outOfTime":{out_of_time},"notRun":0}}"#)
        };
        let one = read(&[begun, &handled(1)]);
        assert!(one.failures["a"].out_of_time);
        assert_eq!(one.failures["a"].error, None);
        assert!(!one.some_not_run);
        assert!(read(&[begun, &handled(2)]).some_not_run);
    }
}

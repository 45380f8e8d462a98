//! What a worker's log tells of single records: how many attempts, and why they
//! failed.

use std::collections::BTreeMap;

use serde_json::Value;

/// The failures of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    /// The last attempt that failed.
    pub(crate) attempt: u32,
    /// Why.
    pub(crate) error: String,
}

/// The failed attempts in `log`, by message id. The worker writes a line of
/// JSON for each, with `messageId`, `attempt`, the kind of the `failure`, and
/// the `error`; other lines are passed over.
pub(crate) fn failures(log: &[String]) -> BTreeMap<String, Failures> {
    let mut failures: BTreeMap<String, Failures> = BTreeMap::new();
    for line in log {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let text = |name: &str| line[name].as_str();
        let (Some(id), Some(_), Some(error)) = (text("messageId"), text("failure"), text("error"))
        else {
            continue;
        };
        let attempt = line["attempt"].as_u64().unwrap_or_default();
        failures.insert(
            id.to_owned(),
            Failures {
                attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
                error: error.to_owned(),
            },
        );
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_last_failure_of_each_record() {
        let log = [
            r#"{"level":"WARN","messageId":"a","attempt":1,"failure":"transient","error":"x"}"#,
            "not JSON",
            r#"{"level":"INFO","messageId":"a","attempt":2,"message":"the function's own"}"#,
            r#"{"level":"ERROR","messageId":"a","attempt":2,"failure":"panic","error":"y"}"#,
            r#"{"level":"INFO","message":"batch handled"}"#,
        ]
        .map(str::to_owned);
        let expected = Failures {
            attempt: 2,
            error: "y".to_owned(),
        };
        assert_eq!(failures(&log), BTreeMap::from([("a".to_owned(), expected)]));
    }
}

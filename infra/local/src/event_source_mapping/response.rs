//! How Lambda reads a worker's response with `ReportBatchItemFailures`; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>.

use std::collections::BTreeSet;

use serde_json::Value;

/// The ids that the response reports as failed.
///
/// # Errors
/// Why the response fails the whole batch.
pub(crate) fn failed_ids(
    response: &[u8],
    ids: &BTreeSet<&str>,
) -> Result<BTreeSet<String>, String> {
    if response.is_empty() {
        return Ok(BTreeSet::new());
    }
    let response: Value =
        serde_json::from_slice(response).map_err(|_| "the response is not JSON".to_owned())?;
    let failures = match &response {
        Value::Null => return Ok(BTreeSet::new()),
        Value::Object(response) => response.get("batchItemFailures").unwrap_or(&Value::Null),
        _ => return Err("the response is not a JSON object".to_owned()),
    };
    match failures {
        Value::Null => Ok(BTreeSet::new()),
        Value::Array(failures) => failures
            .iter()
            .map(|failure| identifier(failure, ids))
            .collect(),
        _ => Err("batchItemFailures is not a list".to_owned()),
    }
}

fn identifier(failure: &Value, ids: &BTreeSet<&str>) -> Result<String, String> {
    let Some(identifier) = failure.get("itemIdentifier") else {
        return Err("an entry of batchItemFailures has no itemIdentifier".to_owned());
    };
    match identifier.as_str() {
        None => Err("an itemIdentifier is not a string".to_owned()),
        Some("") => Err("an itemIdentifier is empty".to_owned()),
        Some(id) if ids.contains(id) => Ok(id.to_owned()),
        Some(id) => Err(format!("the itemIdentifier {id} is not in the batch")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `None`: the whole batch fails.
    fn outcome(response: &str) -> Option<Vec<String>> {
        let ids = BTreeSet::from(["a", "b"]);
        let failed = failed_ids(response.as_bytes(), &ids).ok()?;
        Some(failed.into_iter().collect())
    }

    #[test]
    fn these_delete_the_whole_batch() {
        for response in [
            "",
            "null",
            "{}",
            r#"{"batchItemFailures":[]}"#,
            r#"{"batchItemFailures":null}"#,
        ] {
            assert_eq!(outcome(response), Some(vec![]), "{response}");
        }
    }

    #[test]
    fn these_fail_the_whole_batch() {
        for response in [
            "not JSON",
            r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":7}]}"#,
            r#"{"batchItemFailures":[{"foo":"a"}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"c"}]}"#,
            r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":""}]}"#,
            r#"{"batchItemFailures":"a"}"#,
            r#""ok""#,
        ] {
            assert_eq!(outcome(response), None, "{response}");
        }
    }

    #[test]
    fn reported_ids_fail_once_each() {
        let response = r#"{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":"b"}]}"#;
        assert_eq!(outcome(response), Some(vec!["b".to_owned()]));
    }
}

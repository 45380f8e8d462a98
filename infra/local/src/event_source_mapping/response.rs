//! How Lambda reads a worker's response with `ReportBatchItemFailures`; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>.

use std::collections::BTreeSet;

use serde::Deserialize;

/// `null` is the same as an empty list, as AWS documents it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

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
    let response: Option<Response> = serde_json::from_slice(response)
        .map_err(|error| format!("the response cannot be read: {error}"))?;
    let failures = response.unwrap_or_default().batch_item_failures;
    let failures = failures.unwrap_or_default().into_iter();
    let identifiers = failures.map(|failure| match failure.item_identifier {
        id if id.is_empty() => Err("an itemIdentifier is empty".to_owned()),
        id if ids.contains(&*id) => Ok(id),
        id => Err(format!("the itemIdentifier {id} is not in the batch")),
    });
    identifiers.collect()
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

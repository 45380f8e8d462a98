//! Books entries in the accounting system, those of a customer one after another.

use std::env;

use anyhow::Context as _;
use billing::telemetry;
use bookkeeping::Entry;
use redrive::sqs_batch;
use reqwest::{Client, StatusCode};

#[derive(Debug, thiserror::Error)]
enum BookError {
    #[error("the postings of {id} add up to {cents} cents")]
    Unbalanced { id: String, cents: i64 },
    #[error("accounting answered {0}")]
    Refused(StatusCode),
    #[error("accounting cannot be reached")]
    Unreachable(#[from] reqwest::Error),
}

impl BookError {
    /// Whether the entry itself is wrong, so that no retry can book it.
    fn is_permanent(&self) -> bool {
        match self {
            Self::Unbalanced { .. } => true,
            Self::Refused(status) => *status == StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unreachable(_) => false,
        }
    }
}

#[sqs_batch(
    queue = "billing-ledger.fifo",
    kms_key = "${KeyArn}",
    concurrency = 10,
    attempt_timeout = "2s",
    timeout = "2m",
    idempotent(key = entry.id, on_conflict = "permanent"),
    is_permanent = BookError::is_permanent,
    on_permanent = "dlq",
    init = Accounting::connect,
    flush = telemetry::flush,
    env(ACCOUNTING_URL = "https://accounting.${Stage}.example.com"),
    allow = "fifo_dlq_order"
)]
async fn book(entry: Entry, accounting: &Accounting) -> Result<(), BookError> {
    if entry.balance() != 0 {
        let cents = entry.balance();
        return Err(BookError::Unbalanced {
            id: entry.id,
            cents,
        });
    }
    accounting.book(&entry).await?;
    tracing::info!(id = entry.id, customer = entry.customer, "booked");
    Ok(())
}

struct Accounting {
    http: Client,
    url: String,
}

impl Accounting {
    async fn connect() -> anyhow::Result<Self> {
        telemetry::install("book")?;
        let url = env::var("ACCOUNTING_URL").context("ACCOUNTING_URL")?;
        let http = Client::new();
        Ok(Self { http, url })
    }

    async fn book(&self, entry: &Entry) -> Result<(), BookError> {
        let Entry { id, customer, .. } = entry;
        // An attempt that took too long may have booked it: the next one replaces it.
        let url = format!("{}/customers/{customer}/entries/{id}", self.url);
        let request = self.http.put(url).json(entry);
        let status = request.send().await?.status();
        match status.is_success() {
            true => Ok(()),
            false => Err(BookError::Refused(status)),
        }
    }
}

#[cfg(test)]
#[path = "../stub.rs"]
mod stub;

#[cfg(test)]
mod tests {
    use redrive::idempotency::InMemory;
    use redrive::testing::{Batch, Of, TestMessage};

    use super::*;
    use crate::stub::Stub;

    fn batch(accounting: &Stub) -> Batch<Of<book>> {
        let state = Accounting {
            http: Client::new(),
            url: accounting.url.clone(),
        };
        Batch::of::<book>().state(state).real_time()
    }

    /// An entry of a customer, which balances unless something is missing.
    fn entry(id: &str, customer: u32, missing: i64) -> TestMessage {
        let body = format!(
            r#"{{"id": "{id}", "customer": {customer}, "postings": [
                {{"account": "receivables", "cents": 100}},
                {{"account": "revenue", "cents": {}}}
            ]}}"#,
            missing - 100
        );
        TestMessage::text(body).group(customer.to_string())
    }

    #[test]
    fn entries_of_a_customer_wait_for_the_one_that_failed() {
        let accounting = Stub::start(|path| match path {
            "/customers/8/entries/a" => (503, ""),
            _ => (201, ""),
        });
        let batch = batch(&accounting)
            .message(entry("a", 8, 0))
            .message(entry("b", 8, 0))
            .message(entry("c", 7, 0));
        let report = batch.run();
        assert_eq!(report.failed(), ["m1", "m2"]);
        let attempts = ["m1", "m2", "m3"].map(|id| report.attempts(id));
        assert_eq!(attempts, [3, 0, 1]);
    }

    #[test]
    fn an_entry_that_nobody_can_book_goes_to_the_dlq_and_the_next_is_booked() {
        let accounting = Stub::start(|path| match path {
            "/customers/9/entries/c" => (422, ""),
            _ => (201, ""),
        });
        let batch = batch(&accounting)
            .message(entry("a", 8, 1))
            .message(entry("b", 8, 0))
            .message(entry("c", 9, 0));
        let report = batch.run();
        assert!(report.failed().is_empty());
        let mut reasons: Vec<_> = report.sent_to_dlq().iter().map(|it| &*it.reason).collect();
        reasons.sort_unstable();
        assert_eq!(
            reasons,
            [
                "accounting answered 422 Unprocessable Entity",
                "the postings of a add up to 1 cents",
            ]
        );
        assert_eq!(report.attempts("m2"), 1);
    }

    #[test]
    fn an_entry_is_booked_once() {
        let accounting = Stub::start(|_| (201, ""));
        let store = InMemory::new();
        for expected in [&[][..], &["m1"]] {
            let batch = batch(&accounting).store(store.clone());
            let report = batch.message(entry("a", 7, 0)).run();
            assert_eq!(report.duplicates(), expected);
        }
        assert_eq!(accounting.requests().len(), 1);
    }
}

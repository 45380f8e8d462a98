//! Reconciles the bank's statements, which are uploaded to a bucket, with the invoices.

use std::env;
use std::time::Duration;

use anyhow::Context as _;
use billing::{ledger::Ledger, telemetry};
use bookkeeping::{Entry, Statement};
use percent_encoding::percent_decode_str;
use redrive::{PermanentExt as _, sqs_batch};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use serde::Deserialize;

/// S3's event; see
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>.
#[derive(Deserialize)]
struct Uploads {
    #[serde(rename = "Records")]
    records: Vec<Upload>,
}

#[derive(Deserialize)]
struct Upload {
    s3: Place,
}

#[derive(Deserialize)]
struct Place {
    bucket: BucketName,
    object: ObjectKey,
}

#[derive(Deserialize)]
struct BucketName {
    name: String,
}

#[derive(Deserialize)]
struct ObjectKey {
    key: String,
}

#[sqs_batch(
    queue = "billing-statements",
    senders = "arn:aws:s3:::${StatementsBucket}",
    kms_key = "${KeyArn}",
    // Four statements at once, on four cores: Lambda has one for each 1769 MB.
    batch_size = 4,
    concurrency = 4,
    memory = 7076,
    timeout = "2m",
    on_permanent = "park",
    init = Bank::connect,
    flush = telemetry::flush,
    env(LEDGER_QUEUE = "${NamePrefix}billing-ledger.fifo"),
    permissions = "iam/reconcile.json",
    dlq_redrive = "cron(0 7 ? * MON-FRI *)",
    redrive_timezone = "Europe/Berlin"
)]
async fn reconcile(uploads: Uploads, bank: &Bank) -> anyhow::Result<()> {
    for Upload { s3 } in &uploads.records {
        // S3 encodes keys as forms do.
        let key = s3.object.key.replace('+', " ");
        let key = percent_decode_str(&key).decode_utf8().permanent()?;
        let text = bank.download(&s3.bucket.name, &key).await?;
        let statement = Statement::parse(&text).permanent()?;
        let entries: Vec<_> = statement.payments.iter().map(Entry::from).collect();
        bank.ledger.send(&entries).await?;
        let (payments, unknown) = (entries.len(), statement.unknown.join(" "));
        tracing::info!(key = &*key, payments, unknown, "reconciled");
    }
    Ok(())
}

struct Bank {
    http: reqwest::Client,
    s3: reqwest::Url,
    region: String,
    credentials: Credentials,
    ledger: Ledger,
}

impl Bank {
    async fn connect() -> anyhow::Result<Self> {
        telemetry::install("reconcile")?;
        let region = env::var("AWS_REGION").context("AWS_REGION")?;
        let s3 = env::var("AWS_ENDPOINT_URL_S3").or_else(|_| env::var("AWS_ENDPOINT_URL"));
        let s3 = s3.unwrap_or_else(|_| format!("https://s3.{region}.amazonaws.com"));
        Ok(Self {
            http: reqwest::Client::new(),
            s3: s3.parse()?,
            region,
            credentials: Credentials::from_env().context("there are no credentials")?,
            ledger: Ledger::connect().await?,
        })
    }

    async fn download(&self, bucket: &str, key: &str) -> anyhow::Result<String> {
        let (name, region) = (bucket.to_owned(), self.region.clone());
        let bucket = Bucket::new(self.s3.clone(), UrlStyle::Path, name, region)?;
        let get = bucket.get_object(Some(&self.credentials), key);
        let request = self.http.get(get.sign(Duration::from_secs(60)));
        let text = async { request.send().await?.error_for_status()?.text().await };
        // Whoever has the URL can download the statement, so it is not for the log.
        let text = text.await.map_err(reqwest::Error::without_url);
        text.with_context(|| format!("cannot download {key}"))
    }
}

#[cfg(test)]
#[path = "../stub.rs"]
mod stub;

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use redrive::testing::{Batch, Of};

    use super::*;
    use crate::stub::{Stub, ledger};

    const STATEMENT: &str = "A1;11900;RF85 0000 0700 0000 0042\nA2;500;for the cat\ntotal;12400\n";

    fn batch(services: &Stub) -> Batch<Of<reconcile>> {
        let state = Bank {
            http: reqwest::Client::new(),
            s3: services.url.parse().unwrap(),
            region: "eu-west-1".to_owned(),
            credentials: Credentials::new("test", "test"),
            ledger: ledger(services),
        };
        Batch::of::<reconcile>().state(state).real_time()
    }

    fn upload(key: &str) -> String {
        format!(
            r#"{{"Records": [{{"s3": {{"bucket": {{"name": "statements"}}, "object": {{"key": "{key}"}}}}}}]}}"#
        )
    }

    /// S3 with a statement at each path, and SQS.
    fn answer(path: &str) -> (u16, &'static str) {
        match path {
            "/" => (200, r#"{"Successful": [], "Failed": []}"#),
            "/statements/half.csv" => (200, "A1;11900;\n"),
            "/statements/none.csv" => (404, ""),
            _ => (200, STATEMENT),
        }
    }

    #[test]
    fn payments_are_sent_to_the_ledger() {
        let services = Stub::start(answer);
        let report = batch(&services).text(upload("january+2026.csv")).run();
        assert!(report.failed().is_empty(), "{report:?}");
        let [(path, _), (_, sent)] = &services.requests()[..] else {
            panic!("{:?}", services.requests());
        };
        assert_eq!(path, "/statements/january%202026.csv");
        let id = r#""MessageDeduplicationId":"payment-A1""#;
        assert!(sent.contains(id) && !sent.contains("A2"), "{sent}");
    }

    #[test]
    fn a_statement_that_is_cut_off_is_parked_and_a_missing_one_is_redelivered() {
        let services = Stub::start(answer);
        let batch = batch(&services).text(upload("half.csv"));
        let report = batch.text(upload("none.csv")).run();
        assert_eq!(report.failed(), ["m2"]);
        let reason = report.reason("m2").unwrap();
        assert!(reason.starts_with("cannot download none.csv: "), "{reason}");
        assert!(!reason.contains("Signature"), "{reason}");
        let [parked] = report.parked() else {
            panic!("{report:?}");
        };
        assert_eq!(parked.id, "m1");
        assert_eq!(
            parked.reason,
            "the statement has no total: it is not complete"
        );
    }

    /// Nobody gets a statement before all four are asked for.
    #[test]
    fn four_statements_are_reconciled_at_once() {
        let all = Barrier::new(4);
        let services = Stub::start(move |path| {
            if path != "/" {
                all.wait();
            }
            answer(path)
        });
        let mut batch = batch(&services);
        for month in 1..=4 {
            batch = batch.text(upload(&format!("{month}.csv")));
        }
        assert!(batch.run().failed().is_empty());
    }

    #[test]
    fn the_test_of_s3_is_completed() {
        let services = Stub::start(answer);
        let test = r#"{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "statements"}"#;
        assert!(batch(&services).text(test).run().failed().is_empty());
        assert_eq!(services.requests(), []);
    }
}

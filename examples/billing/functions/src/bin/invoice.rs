//! Invoices the orders that the shop publishes to its topic.

use anyhow::Context as _;
use billing::{ledger::Ledger, telemetry};
use bookkeeping::{Entry, Invoice, Order};
use redrive::{PermanentExt as _, Sns, sqs_batch};

#[sqs_batch(
    queue = "billing-orders",
    topics = "${OrdersTopicArn}",
    filter_policy = r#"{"kind": ["placed"]}"#,
    kms_key = "${KeyArn}",
    on_permanent = "park",
    init = connect,
    flush = telemetry::flush,
    env(LEDGER_QUEUE = "${NamePrefix}billing-ledger.fifo"),
    permissions = "iam/invoice.json",
    dlq_redrive = "cron(0 6 ? * MON-FRI *)",
    redrive_timezone = "Europe/Berlin"
)]
async fn invoice(order: Sns<Order>, ledger: &Ledger) -> anyhow::Result<()> {
    let invoice = Invoice::of(&order.message).permanent()?;
    let sent = ledger.send(&[Entry::from(&invoice)]).await;
    sent.with_context(|| format!("invoice {} is not booked", invoice.reference))?;
    tracing::info!(reference = %invoice.reference, cents = invoice.net_cents, "invoiced");
    Ok(())
}

async fn connect() -> anyhow::Result<Ledger> {
    telemetry::install("invoice")?;
    Ledger::connect().await
}

#[cfg(test)]
#[path = "../stub.rs"]
mod stub;

#[cfg(test)]
mod tests {
    use redrive::testing::Batch;

    use super::*;
    use crate::stub::{Stub, ledger};

    const ORDER: &str = r#"{"id": 42, "customer": 7, "lines": [
        {"quantity": 2, "unit_cents": 5000, "vat_percent": 19}
    ]}"#;

    #[test]
    fn an_order_is_invoiced_in_the_group_of_its_customer() {
        let sqs = Stub::start(|_| (200, r#"{"Successful": [], "Failed": []}"#));
        let batch = Batch::of::<invoice>().state(ledger(&sqs)).real_time();
        assert!(batch.text(ORDER).run().failed().is_empty());
        let [(_, sent)] = &sqs.requests()[..] else {
            panic!("{:?}", sqs.requests());
        };
        assert!(sent.contains(r#""MessageGroupId":"7""#), "{sent}");
        let id = r#""MessageDeduplicationId":"invoice-RF850000070000000042""#;
        assert!(sent.contains(id), "{sent}");
    }

    #[test]
    fn an_entry_that_sqs_rejects_is_retried_and_its_order_redelivered() {
        let rejected = r#"{"Successful": [], "Failed": [{"Id": "1", "Code": "Throttled", "SenderFault": false}]}"#;
        let sqs = Stub::start(move |_| (200, rejected));
        let batch = Batch::of::<invoice>().state(ledger(&sqs)).real_time();
        let report = batch.text(ORDER).run();
        assert_eq!(report.failed(), ["m1"]);
        assert_eq!(report.attempts("m1"), 3);
        let reason = report.reason("m1").unwrap();
        assert!(
            reason.ends_with("SQS rejects entry 1: Throttled"),
            "{reason}"
        );
    }

    #[test]
    fn an_order_without_lines_is_parked_at_once() {
        let sqs = Stub::start(|_| (200, ""));
        let batch = Batch::of::<invoice>().state(ledger(&sqs));
        let report = batch
            .text(r#"{"id": 43, "customer": 7, "lines": []}"#)
            .run();
        let [parked] = report.parked() else {
            panic!("{report:?}");
        };
        assert_eq!(parked.reason, "order 43 has no lines");
        assert_eq!(report.attempts("m1"), 1);
    }
}

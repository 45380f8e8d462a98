"""Deploys the example `billing` by its own configuration of Terraform, and bills an order."""

import json
import os
import subprocess
from pathlib import Path

from cloud import Queue, client, configure, wait_for
from iam import allow_batches
from services import Services

CONFIGURATION = Path(os.environ["CONFIGURATION"])
TOPIC = "orders-dev"
REFERENCE = "RF850000070000000042"
INVOICE, PAYMENT = f"invoice-{REFERENCE}", "payment-A1"
STATEMENT = f"A1;11900;{REFERENCE}\nA2;500;for the cat\ntotal;12400\n"

# What a user of the configuration has around it.
AROUND = """
provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
}

output "all" {
  value = module.billing
}
"""


def terraform(*command):
    done = subprocess.run(
        [os.environ["TERRAFORM"], *command],
        cwd=CONFIGURATION,
        env=os.environ | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Accounting(Services):
    """Has the entries that were booked."""

    def booked(self, id):
        with self.lock:
            return [body.decode() for body in self.bodies if json.loads(body)["id"] == id]


def publish(topic, kind, order):
    attributes = {"kind": {"DataType": "String", "StringValue": kind}}
    client("sns").publish(
        TopicArn=topic, Message=json.dumps(order), MessageAttributes=attributes
    )


def check_orders(topic, accounting):
    """An order is invoiced, and an event of another kind is not delivered."""
    line = {"quantity": 2, "unit_cents": 5000, "vat_percent": 19}
    publish(topic, "shipped", {"id": 41, "customer": 7})
    publish(topic, "placed", {"id": 42, "customer": 7, "lines": [line]})
    wait_for("the invoice is booked", lambda: accounting.booked(INVOICE))
    (entry,) = accounting.booked(INVOICE)
    amounts = {one["account"]: one["cents"] for one in json.loads(entry)["postings"]}
    assert amounts == {"receivables": 11900, "revenue": -10000, "vat": -1900}, entry
    return entry


def check_statements(accounting):
    """S3 reports an upload, and the payment in it is booked."""
    (bucket,) = (one["Name"] for one in client("s3").list_buckets()["Buckets"])
    client("s3").put_object(Bucket=bucket, Key="january 2026.csv", Body=STATEMENT)
    wait_for("the payment is booked", lambda: accounting.booked(PAYMENT))


def send(ledger, entry, deduplication):
    ledger.sqs.send_message(
        QueueUrl=ledger.url,
        MessageBody=entry,
        MessageGroupId="7",
        MessageDeduplicationId=deduplication,
    )


def check_ledger(ledger, refused, accounting, entry):
    """A copy is not booked again, and what cannot be booked is in the DLQ with its reason."""
    send(ledger, entry, "a-copy")
    send(ledger, entry.replace(INVOICE, "typo").replace("11900", "11800"), "a-typo")
    wait_for("the typo is in the DLQ", lambda: refused.depth() == 1)
    wait_for("the queue is empty", lambda: ledger.depth() == 0)
    (message,) = refused.peek()
    reason = message["MessageAttributes"]["RedriveReason"]["StringValue"]
    assert reason == "the postings of typo add up to -100 cents", reason
    assert len(accounting.booked(INVOICE)) == len(accounting.booked(PAYMENT)) == 1
    assert not accounting.booked("typo")


def check_dashboard(outputs):
    cloudwatch = client("cloudwatch")
    (listed,) = cloudwatch.list_dashboards()["DashboardEntries"]
    assert listed["DashboardName"].startswith("dev-billing"), listed
    body = cloudwatch.get_dashboard(DashboardName=listed["DashboardName"])["DashboardBody"]
    body = json.loads(body)
    # Names of resources that exist are in it.
    for name in ("book_worker_name", "invoice_worker_name", "reconcile_worker_name"):
        assert outputs[name] in json.dumps(body), (name, body)
    assert all(one["type"] in ("metric", "text") for one in body["widgets"]), body


def main():
    topic = client("sns").create_topic(Name=TOPIC)["TopicArn"]
    (CONFIGURATION / "around.tf").write_text(AROUND)
    terraform("init")
    terraform("workspace", "new", "dev")
    terraform("apply", "-auto-approve")
    outputs = json.loads(terraform("output", "-json"))["all"]["value"]
    check_dashboard(outputs)
    names = ("book", "invoice", "reconcile")
    allow_batches(f"dev-billing-{name}-worker-role" for name in names)

    accounting = Accounting()
    configure(outputs["book_worker_name"], ACCOUNTING_URL=accounting.url)
    entry = check_orders(topic, accounting)
    check_statements(accounting)
    ledger, refused = Queue(outputs["book_queue_url"]), Queue(outputs["book_dlq_url"])
    check_ledger(ledger, refused, accounting, entry)
    for name in ("invoice", "reconcile"):
        for queue in ("dlq", "parking"):
            assert Queue(outputs[f"{name}_{queue}_url"]).depth() == 0, (name, queue)


main()

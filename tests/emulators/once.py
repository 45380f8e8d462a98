"""Sends copies of messages to a function that is `idempotent`, and looks into its table."""

import hashlib
import json
import os
import time
from pathlib import Path

from cloud import Queue, Stack, client, wait_for
from iam import allow_batches, rights

ON_LOCALSTACK = os.environ["EMULATOR"] == "localstack"
EFFECTS = Path("effects").absolute()
# It does not exist before a redrive.
LATER = Path("later/effects").absolute()


def effect(id, file=EFFECTS, **more):
    return json.dumps({"id": id, "file": str(file), **more})


def effects(id, file=EFFECTS):
    lines = file.read_text().splitlines() if file.exists() else []
    return lines.count(str(id))


class Table:
    """The table of the stack, as the documentation describes it."""

    def __init__(self, name):
        self.name = name
        self.dynamodb = client("dynamodb")

    def item(self, id):
        key = {"id": {"S": item_id(id)}}
        return self.dynamodb.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")

    def put(self, id, state, **numbers):
        """What another run has left."""
        values = {name: {"N": str(int(value))} for name, value in numbers.items()}
        body = hashlib.sha256(effect(id).encode()).digest()
        item = {"id": {"S": item_id(id)}, "owner": {"S": "another"}, "state": {"S": state}}
        self.dynamodb.put_item(TableName=self.name, Item=item | {"body": {"B": body}} | values)

    def check(self):
        description = self.dynamodb.describe_table(TableName=self.name)["Table"]
        assert description["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}], description
        assert description["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST", description
        ttl = self.dynamodb.describe_time_to_live(TableName=self.name)["TimeToLiveDescription"]
        # ministack's CloudFormation drops it.
        status = {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
        assert not ON_LOCALSTACK or ttl == status, ttl
        return description["TableArn"]


def item_id(id):
    return "once#" + hashlib.sha256(f"once#{id}".encode()).hexdigest()


def check_copies(source, dlq, table):
    source.send(effect(1), effect(1))
    wait_for("both copies are acknowledged", lambda: source.depth() == 0)
    source.send(effect(1))
    wait_for("a late copy is acknowledged", lambda: source.depth() == 0)
    assert effects(1) == 1 and dlq.depth() == 0
    item = table.item(1)
    assert set(item) == {"id", "owner", "state", "body", "expires"}, item
    assert item["state"] == {"S": "completed"}, item
    assert item["body"]["B"] == hashlib.sha256(effect(1).encode()).digest(), item
    assert float(item["expires"]["N"]) > time.time(), item


def check_conflict(source, dlq):
    source.send(effect(1, after=1))
    wait_for("the other body is refused", lambda: dlq.depth() == 1)
    wait_for("the queue is empty", lambda: source.depth() == 0)
    (refused,) = dlq.peek()
    (reason,) = reasons(refused)
    assert reason.startswith("a message with the same idempotency key and another body"), reason
    assert effects(1) == 1


def reasons(message):
    attributes = message["MessageAttributes"].items()
    return [it["StringValue"] for name, it in attributes if "Reason" in name]


def check_other_runs(source, table):
    lease = time.time() + 5
    table.put(2, "claimed", lease=1000 * lease, expires=lease + 3600)
    table.put(3, "completed", expires=time.time() - 60)
    source.send(effect(2), effect(3))
    wait_for("a key that has expired is processed", lambda: effects(3) == 1)
    wait_for("a message waits for the claim of another run", lambda: effects(2) == 1)
    assert time.time() > lease, "it is processed while another run has claimed its key"
    wait_for("the queue is empty", lambda: source.depth() == 0)
    assert effects(2) == effects(3) == 1
    assert table.item(2)["owner"] != {"S": "another"}, table.item(2)


def check_failures(source, dlq, table, redrive):
    """What fails is released, also for good, and the redrive runs it."""
    before = dlq.depth()
    source.send(effect(4, LATER), effect(5, LATER, final=True))
    wait_for("both are in the DLQ", lambda: dlq.depth() == before + 2)
    wait_for("the queue is empty", lambda: source.depth() == 0)
    assert table.item(4) is None and table.item(5) is None
    LATER.parent.mkdir()
    redrive()
    wait_for("both are processed", lambda: effects(4, LATER) == effects(5, LATER) == 1)
    wait_for("the rest is refused again", lambda: dlq.depth() == before and source.depth() == 0)
    source.send(effect(4, LATER), effect(5, LATER, final=True))
    wait_for("copies are acknowledged", lambda: source.depth() == 0)
    assert effects(4, LATER) == effects(5, LATER) == 1
    assert dlq.depth() == before


def redrive_by_hand(source, dlq):
    """This emulator has no move tasks: the messages are new there, too."""
    for message in dlq.peek():
        dlq.sqs.delete_message(QueueUrl=dlq.url, ReceiptHandle=message["ReceiptHandle"])
        source.sqs.send_message(
            QueueUrl=source.url,
            MessageBody=message["Body"],
            MessageAttributes=message.get("MessageAttributes", {}),
        )


def redrive_by_function(function):
    answer = client("lambda").invoke(FunctionName=function, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()


def check_rights(role, table, arn, source, dlq):
    """The three actions, and nothing happens without them."""
    actions = rights(role)[arn]
    assert actions == {f"dynamodb:{it}Item" for it in ("Put", "Update", "Delete")}, actions
    if ON_LOCALSTACK:
        # It does not enforce IAM.
        return
    deny = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": arn}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    client("iam").put_role_policy(RoleName=role, PolicyName="deny", PolicyDocument=document)
    before = dlq.depth()
    source.send(effect(6))
    wait_for("without rights it fails", lambda: dlq.depth() == before + 1)
    assert effects(6) == 0 and table.item(6) is None


def main():
    stack = Stack.of_template("redrive-fixtures", os.environ["TEMPLATE"], os.environ["BINARY"])
    outputs, resources = stack.outputs(), stack.resources()
    source, dlq = Queue(outputs["OnceQueueUrl"]), Queue(outputs["OnceDlqUrl"])
    role, table = resources["OnceWorkerRole"], Table(outputs["IdempotencyTableName"])
    arn = table.check()
    if not ON_LOCALSTACK:
        allow_batches([role])
    check_copies(source, dlq, table)
    check_conflict(source, dlq)
    check_other_runs(source, table)
    if ON_LOCALSTACK:
        redrive = lambda: redrive_by_function(outputs["OnceRedriveName"])
    else:
        redrive = lambda: redrive_by_hand(source, dlq)
    check_failures(source, dlq, table, redrive)
    check_rights(role, table, arn, source, dlq)


main()

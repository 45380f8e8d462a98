"""Redrives messages until they succeed or are parked: one that always fails, one that ends
its process, one that succeeds in its second round, and the message group of one that fails.

Only the parking queues are read: on LocalStack a receive of a message in a DLQ counts in the
source queue too. So does the move itself, which leaves one run in each round but the first.
"""

import json
import os

from cloud import Queue, Stack, client, wait_for

ROUNDS = 2
# In each round.
RUNS = 2
# LocalStack delivers a body that is a JSON string without its quotes.
FAIL, ABORT, SUCCEED = (json.dumps({step: None}) for step in ("fail", "abort", "succeed"))


class Function:
    def __init__(self, outputs, name):
        self.source, self.dlq, self.parking = (
            Queue(outputs[f"{name}{kind}Url"]) for kind in ("Queue", "Dlq", "Parking")
        )
        self.redrive = outputs[f"{name}RedriveName"]
        self.dlq_arn = outputs[f"{name}DlqArn"]
        policy = json.loads(self.source.attributes()["RedrivePolicy"])
        assert int(policy["maxReceiveCount"]) == RUNS + 1, policy

    def redrive_all(self, failing, parked):
        """Redrives as often as the function may. So many messages fail in each round but the
        last, and so many of them in that one."""
        for number in range(1, ROUNDS + 1):
            self.wait(f"{failing} messages wait for redrive {number}", self.dlq, failing)
            answer = client("lambda").invoke(FunctionName=self.redrive, Payload=b"{}")
            assert "FunctionError" not in answer, answer["Payload"].read()
            wait_for("they are moved", lambda: self.moves() == ["COMPLETED"] * number)
        self.wait(f"{parked} messages are parked", self.parking, parked)
        assert self.dlq.depth() == 0

    def moves(self):
        listed = client("sqs").list_message_move_tasks(SourceArn=self.dlq_arn, MaxResults=10)
        return [task["Status"] for task in listed["Results"]]

    def wait(self, what, queue, number):
        wait_for(what, lambda: (self.source.depth(), queue.depth()) == (0, number))

    def parked(self):
        """The body, the round and the reason of each parked message."""
        found = set()
        for message in self.parking.peek():
            own = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
            found.add((message["Body"], own["RedriveRound"], own["RedriveReason"]))
        return found


def main():
    variables = ("TEMPLATE", "BINARY", "BINARY_FIFO")
    outputs = Stack.of_template("rounds", *(os.environ[name] for name in variables)).outputs()
    parked_in = str(ROUNDS + 1)

    rounds = Function(outputs, "Rounds")
    rounds.source.send(FAIL, ABORT, json.dumps({"succeed_in_round": ROUNDS}))
    rounds.redrive_all(failing=3, parked=2)
    found = rounds.parked()
    assert found == {
        (FAIL, parked_in, f"failed in round {ROUNDS}"),
        (ABORT, parked_in, "invocation ended"),
    }, found

    fifo = Function(outputs, "RoundsFifo")
    for number, body in enumerate((FAIL, SUCCEED)):
        fifo.source.sqs.send_message(
            QueueUrl=fifo.source.url,
            MessageBody=body,
            MessageGroupId="group",
            MessageDeduplicationId=str(number),
        )
    # The second message succeeds after the first has left the queue.
    fifo.redrive_all(failing=1, parked=1)
    found = fifo.parked()
    assert found == {(FAIL, parked_in, f"failed in round {ROUNDS}")}, found


main()

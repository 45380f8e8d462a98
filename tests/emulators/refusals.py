"""Deploys the function that calls SQS itself, and gives it what it refuses."""

import os

from cloud import Queue, Stack, wait_for

# The template's visibility timeout: six times the function's.
VISIBILITY_SECONDS = 60


def main():
    stack = Stack.of_template("redrive-fixtures", os.environ["TEMPLATE"], os.environ["BINARY"])
    outputs = stack.outputs()
    source, dlq = Queue(outputs["RefusalsQueueUrl"]), Queue(outputs["RefusalsDlqUrl"])
    assert source.attributes()["VisibilityTimeout"] == str(VISIBILITY_SECONDS)

    # What can never succeed does not wait for its receives to be used up.
    source.send('{"succeed": null}', '{"refuse": null}')
    wait_for("the refused message reaches the DLQ", lambda: dlq.depth() == 1, VISIBILITY_SECONDS)
    wait_for("the queue is empty", lambda: source.depth() == 0)
    (refused,) = dlq.peek()
    assert refused["Body"] == '{"refuse": null}', refused
    reasons = [value["StringValue"] for value in refused["MessageAttributes"].values()]
    assert any("asked to refuse" in reason for reason in reasons), refused

    # Three receives, with the visibility timeout after each of the first two,
    # would take twice as long as this waits.
    source.send('{"fail": null}')
    wait_for("the failing message reaches the DLQ", lambda: dlq.depth() == 2, VISIBILITY_SECONDS)


main()

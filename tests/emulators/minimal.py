"""Deploys the minimal example and sends it a greeting."""

from cloud import Queue, Stack, wait_for


def main():
    outputs = Stack.of_package().outputs()
    source, dlq = Queue(outputs["GreetQueueUrl"]), Queue(outputs["GreetDlqUrl"])
    source.send('{"name": "Ada"}')
    wait_for("the greeting is handled", lambda: source.depth() == 0)
    assert dlq.depth() == 0


main()

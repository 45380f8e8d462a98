"""Deploys what CDK has synthesized of its example, as `cdk deploy` does, and sends a greeting.

`cdk deploy` itself needs an environment after `cdk bootstrap`, with services that the
emulators do not have.
"""

import json
import os
from pathlib import Path

from cloud import Queue, Stack, client, run, wait_for

OUT = Path(os.environ["CDK_OUT"])
ACCOUNT, REGION = "000000000000", os.environ["AWS_REGION"]


def known(text):
    """A text of CDK in which the account and the region are to be filled in."""
    for name, value in {"AccountId": ACCOUNT, "Region": REGION, "Partition": "aws"}.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    return text


def upload(destination, path):
    bucket = known(destination["bucketName"])
    client("s3").create_bucket(Bucket=bucket)
    client("s3").upload_file(str(path), bucket, destination["objectKey"])


def main():
    assets = json.loads((OUT / "minimal.assets.json").read_text())["files"].values()
    for asset in assets:
        (destination,) = asset["destinations"].values()
        upload(destination, OUT / asset["source"]["path"])
    client("ssm").put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Type="String", Value="30"
    )
    run(
        os.environ["AWS"], "cloudformation", "deploy",
        "--template-file", str(OUT / "minimal.template.json"),
        "--stack-name", "minimal",
        "--capabilities", "CAPABILITY_IAM",
    )
    stack = Stack("minimal")
    outputs, resources = stack.outputs(), stack.resources()

    iam, role = client("iam"), resources["GreetWorkerRole"]
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    actions = {
        action
        for document in documents
        for statement in document["Statement"]
        for action in statement["Action"]
    }
    assert "dynamodb:PutItem" in actions, actions
    assert "sqs:ReceiveMessage" in actions, actions

    source, dlq = Queue(outputs["GreetQueueUrl"]), Queue(outputs["GreetDlqUrl"])
    source.send('{"name": "Ada"}')
    wait_for("the greeting is handled", lambda: source.depth() == 0)
    assert dlq.depth() == 0


main()

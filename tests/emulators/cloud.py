"""AWS as the scripts beside this file use it: the command lines and boto3.

Where AWS is, who asks and in which region stand in the environment variables
that all of them read.
"""

import json
import os
import subprocess
import time
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config
from module import Module

BUCKET = "code"
SHARED = ("FailedRedrives", "IdempotencyTable")


def client(service):
    return boto3.client(service, config=Config(retries={"max_attempts": 2}))


def wait_for(what, condition, seconds=120):
    """The first answer of the condition that is true."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} seconds in vain: {what}")
        time.sleep(0.1)
    return answer


def tools():
    """The variables with which a command finds the command lines."""
    folders = [str(Path(os.environ[name]).parent) for name in ("AWS", "SAM")]
    return {"PATH": os.pathsep.join([*folders, os.environ["PATH"]])}


def run(*command, env=None):
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{command}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Stack:
    """A deployed stack."""

    def __init__(self, name):
        self.name = name

    @classmethod
    def of_package(cls, name=None, tool=None, **parameters):
        """Deploys a package by the commands that `cargo redrive package` prints, with a
        stack of this name or that of the package."""
        packaged = json.loads(os.environ["PACKAGED"])
        tool = tool or os.environ["TOOL"]
        if tool == "terraform":
            return Module(packaged)
        client("s3").create_bucket(Bucket=BUCKET)
        package = packaged["package"]
        stack = name or package
        for command in packaged["deploy"][tool]:
            command = command.replace(f"--stack-name {package} ", f"--stack-name {stack} ")
            run("sh", "-c", command, env=os.environ | tools() | {"BUCKET": BUCKET} | parameters)
        return cls(stack)

    @classmethod
    def of_template(cls, name, template, *binaries):
        """Deploys what a template has of the functions of these binaries, and what functions
        share, from a folder like that of a package."""
        client("s3").create_bucket(Bucket=BUCKET)
        binaries = [Path(binary) for binary in binaries]
        content = json.loads(Path(template).read_text())
        functions = [binary.name.title().replace("_", "") for binary in binaries]
        own = (*functions, *SHARED)
        for section in ("Resources", "Outputs"):
            entries = content[section].items()
            content[section] = {id: it for id, it in entries if id.startswith(own)}
        Path("template.json").write_text(json.dumps(content))
        for binary in binaries:
            zip_bootstrap(binary, Path())
        aws = os.environ["AWS"]
        run(
            aws, "cloudformation", "package",
            "--template-file", "template.json",
            "--s3-bucket", BUCKET,
            "--output-template-file", "packaged.yaml",
        )
        run(
            aws, "cloudformation", "deploy",
            "--template-file", "packaged.yaml",
            "--stack-name", name,
            "--capabilities", "CAPABILITY_IAM",
        )
        return cls(name)

    def destroy(self):
        """Queues outlive their stack."""

    def outputs(self):
        stacks = client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        assert stacks[0]["StackStatus"] == "CREATE_COMPLETE", stacks[0]
        return {one["OutputKey"]: one["OutputValue"] for one in stacks[0]["Outputs"]}

    def resources(self):
        """The physical id of each resource."""
        pages = client("cloudformation").get_paginator("list_stack_resources")
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for one in page["StackResourceSummaries"]
        }


def zip_bootstrap(binary, folder):
    """The zip that `cargo lambda build --output-format zip` makes of a binary."""
    file = folder / binary.name / "bootstrap.zip"
    file.parent.mkdir(parents=True)
    entry = zipfile.ZipInfo("bootstrap")
    entry.external_attr = 0o100755 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, binary.read_bytes(), compresslevel=1)


class Queue:
    """A queue of the stack."""

    def __init__(self, url):
        self.url = url
        self.sqs = client("sqs")

    def attributes(self):
        return self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]

    def send(self, *bodies):
        entries = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)]
        sent = self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
        assert not sent.get("Failed"), sent

    def depth(self):
        """Messages in it, being handled or not."""
        now = self.attributes()
        return sum(
            int(now[f"ApproximateNumberOfMessages{kind}"]) for kind in ("", "NotVisible", "Delayed")
        )

    def peek(self):
        """The messages that are visible, which are put back."""
        received = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageAttributeNames=["All"],
        )
        return received.get("Messages", [])


def configure(function, **variables):
    """Changes some of a function's environment variables."""
    functions = client("lambda")
    now = functions.get_function_configuration(FunctionName=function)
    functions.update_function_configuration(
        FunctionName=function,
        Environment={"Variables": now["Environment"]["Variables"] | variables},
    )
    wait_for(
        f"{function} takes its configuration",
        lambda: functions.get_function_configuration(FunctionName=function).get("LastUpdateStatus")
        in (None, "Successful"),
    )

"""Deploys a template whose texts look like something else to the tools on their way, and
compares what arrives.
"""

import json
import os
from pathlib import Path

from cloud import BUCKET, Stack, client, run, tools, zip_bootstrap

TEMPLATE = Path(os.environ["TEMPLATE"])
STATEMENTS = Path(os.environ["STATEMENTS"])
VARIABLES = json.loads(os.environ["VARIABLES"])
# The topic of the template is in no account of an emulator.
ELSEWHERE, HERE = "eu-west-1:123456789012", "us-east-1:000000000000"
COMMANDS = {
    "aws": [
        "aws cloudformation package --template-file template.json --s3-bucket code"
        " --output-template-file packaged.yaml",
        "aws cloudformation deploy --template-file packaged.yaml --stack-name aws",
    ],
    "sam": ["sam deploy --template-file template.json --s3-bucket code --stack-name sam"],
}


def deploy(tool):
    parameters = ["Stage=<stage>", "Bucket=<bucket>", f"NamePrefix={tool}-"]
    more = ["--capabilities", "CAPABILITY_IAM", "--parameter-overrides", *parameters]
    for command in COMMANDS[tool]:
        command = command.split() + (more if "deploy" in command else [])
        run(*command, env=os.environ | tools())
    return Stack(tool)


def check(stack):
    resources = stack.resources()
    worker = client("lambda").get_function_configuration(FunctionName=resources["GrEWorker"])
    assert worker["Handler"] == "größe", worker
    found = worker["Environment"]["Variables"]
    for name, expected in VARIABLES.items():
        assert found[name] == expected, (name, found[name], expected)
    tags = client("lambda").list_tags(Resource=worker["FunctionArn"])["Tags"]
    assert tags["Größe"] == "klein + fein = 1", tags

    sns = client("sns")
    (subscription,) = (
        one["SubscriptionArn"]
        for one in sns.list_subscriptions()["Subscriptions"]
        if one["Endpoint"].endswith(f":{stack.name}-orders")
    )
    attributes = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert json.loads(attributes["FilterPolicy"]) == {"kind": ["${x}", "%{if}", '"\\']}, attributes

    role = resources["GrEWorkerRole"]
    policy = client("iam").get_role_policy(RoleName=role, PolicyName="permissions")
    expected = STATEMENTS.read_text().replace("${Bucket}", "<bucket>")
    assert policy["PolicyDocument"]["Statement"] == json.loads(expected), policy

    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    described = {one["AlarmName"]: one["AlarmDescription"] for one in alarms}
    name = resources["GrEWorkerAlarm"]
    assert described[name] == "Invocations of größe end with an error", described


def main():
    client("sns").create_topic(Name="orders")
    client("s3").create_bucket(Bucket=BUCKET)
    Path("template.json").write_text(TEMPLATE.read_text().replace(ELSEWHERE, HERE))
    # Nothing is sent, so nothing runs.
    binary = Path("code/hostile")
    binary.parent.mkdir()
    binary.write_bytes(b"")
    zip_bootstrap(binary, Path())
    for tool in COMMANDS:
        check(deploy(tool))


main()

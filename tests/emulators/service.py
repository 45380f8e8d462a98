"""Deploys a service among others twice, side by side, and exercises both.

Each stage has a topic, a key, and queues that its stack does not create. One is deployed
by the AWS command line, the other by that of SAM. ministack enforces IAM: functions have
the rights of their roles, and topics those of the queues' policies. The rights that it
cannot enforce, such as those on move tasks, are compared with a list.
"""

import json
import os
import time
from pathlib import Path

from cloud import Queue, Stack, client, run, wait_for
from iam import allow_batches, as_list, rights

ON_LOCALSTACK = os.environ["EMULATOR"] == "localstack"
# One more than the runs of a message of `ship_order`, whose worker counts redrives.
RECEIVES = 6


class Stage:
    """What one stage has outside of its stack, and the stack."""

    def __init__(self, name, tool, shared):
        self.name = name
        self.topic = client("sns").create_topic(Name=f"orders-{name}")["TopicArn"]
        self.dead = new_queue(f"shipments-{name}-dead")
        policy = {"deadLetterTargetArn": self.dead.arn, "maxReceiveCount": RECEIVES}
        self.shipments = new_queue(
            f"shipments-{name}", VisibilityTimeout="60", RedrivePolicy=json.dumps(policy)
        )
        allow_topic(self.shipments, self.topic)
        self.key = new_key(name)
        self.stack = Stack.of_package(
            f"service-{name}",
            tool,
            Stage=name,
            OrdersTopicArn=self.topic,
            KeyArn=self.key,
            ShipmentsArn=self.shipments.arn,
            ShipmentsDlqArn=self.dead.arn,
            ShipmentsUrl=self.shipments.url,
            **shared,
        )
        self.outputs = self.stack.outputs()
        self.orders = Queue(self.outputs["TakeOrderQueueUrl"])
        self.refused = Queue(self.outputs["TakeOrderDlqUrl"])
        self.parked = Queue(self.outputs["ShipOrderParkingUrl"])

    def publish(self, kind, **order):
        attributes = {"kind": {"DataType": "String", "StringValue": kind}}
        client("sns").publish(
            TopicArn=self.topic, Message=json.dumps(order), MessageAttributes=attributes
        )


def new_queue(name, **attributes):
    url = client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    queue = Queue(url)
    queue.arn = queue.attributes()["QueueArn"]
    return queue


def new_key(name):
    if ON_LOCALSTACK:
        # Its KMS does not start with the packages that are installed, and SQS asks nobody.
        return f"arn:aws:kms:us-east-1:000000000000:key/{name}"
    return client("kms").create_key()["KeyMetadata"]["Arn"]


def allow_topic(queue, topic):
    """The statement that `stack.md` has for the policy of a queue that exists."""
    statement = {
        "Sid": "AllowSns",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": [topic]}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": policy})


def network():
    """The parameters of the VPC."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="service", Description="service")
    return {"VpcSubnetIds": subnet, "VpcSecurityGroupIds": group["GroupId"]}


LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
CONSUME = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
MOVE = CONSUME | {"sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks"}
SEND = {"sqs:SendMessage"}
DECRYPT = {"kms:Decrypt"}
ENCRYPT = DECRYPT | {"kms:GenerateDataKey"}
VPC = {
    f"ec2:{action}"
    for action in (
        "CreateNetworkInterface",
        "DescribeNetworkInterfaces",
        "DescribeSubnets",
        "DeleteNetworkInterface",
        "AssignPrivateIpAddresses",
        "UnassignPrivateIpAddresses",
    )
}


def expected_rights(stage, resources):
    """By role, the actions that are allowed on each resource, and no others."""
    arns = stage.outputs
    region, account = arns["TakeOrderQueueArn"].split(":")[3:5]

    def logs(id):
        return f"arn:aws:logs:{region}:{account}:log-group:{resources[id]}:*"

    failed = f"arn:aws:sqs:{region}:{account}:{resources['FailedRedrives'].rpartition('/')[2]}"
    redrive = f"arn:aws:lambda:{region}:{account}:function:{arns['ShipOrderRedriveName']}"
    shipments, dead = stage.shipments.arn, stage.dead.arn
    return {
        "TakeOrderWorkerRole": {
            arns["TakeOrderQueueArn"]: CONSUME,
            arns["TakeOrderDlqArn"]: SEND,
            # Its own permissions: the file of the key `permissions`.
            shipments: SEND,
            stage.key: ENCRYPT,
            logs("TakeOrderWorkerLogs"): LOGS,
        },
        "ShipOrderWorkerRole": {
            shipments: CONSUME,
            dead: SEND,
            arns["ShipOrderParkingArn"]: SEND,
            stage.key: ENCRYPT,
            logs("ShipOrderWorkerLogs"): LOGS,
            "*": VPC,
        },
        "ShipOrderRedriveRole": {
            dead: MOVE,
            shipments: SEND | {"sqs:GetQueueAttributes"},
            failed: SEND,
            stage.key: ENCRYPT,
            logs("ShipOrderRedriveLogs"): LOGS,
        },
        "ShipOrderScheduleRole": {
            redrive: {"lambda:InvokeFunction"},
            failed: SEND,
            stage.key: ENCRYPT,
        },
    }


def check_rights(stage):
    """An action is allowed exactly where it is needed."""
    resources = stage.stack.resources()
    expected = expected_rights(stage, resources)
    roles = {id: name for id, name in resources.items() if id.endswith("Role")}
    assert set(roles) == set(expected), roles
    for id, role in roles.items():
        found = rights(role)
        assert found == expected[id], (id, found, expected[id])


def workers(stage):
    """The roles of the workers."""
    resources = stage.stack.resources().items()
    return [role for id, role in resources if id.endswith("WorkerRole")]


def check_settings(stage, shared):
    now = stage.orders.attributes()
    assert now["KmsMasterKeyId"] == stage.key, now
    for queue in (stage.refused, stage.parked):
        assert queue.attributes()["KmsMasterKeyId"] == stage.key
    allow = [one for one in json.loads(now["Policy"])["Statement"] if one["Effect"] == "Allow"]
    assert [one["Principal"] for one in allow] == [{"Service": "sns.amazonaws.com"}], allow
    assert as_list(allow[0]["Condition"]["ArnEquals"]["aws:SourceArn"]) == [stage.topic], allow
    worker = client("lambda").get_function_configuration(
        FunctionName=stage.outputs["ShipOrderWorkerName"]
    )
    if ON_LOCALSTACK:
        # ministack's CloudFormation drops it.
        vpc = worker["VpcConfig"]
        assert vpc["SubnetIds"] == [shared["VpcSubnetIds"]], vpc
        assert vpc["SecurityGroupIds"] == [shared["VpcSecurityGroupIds"]], vpc
    # Queues of other stacks are as they were.
    assert json.loads(stage.shipments.attributes()["RedrivePolicy"])["maxReceiveCount"] == RECEIVES


def reasons(queue):
    """What each message in a DLQ was sent there for."""
    # An emulator may return a message twice.
    messages = {message["MessageId"]: message for message in queue.peek()}
    found = [
        attribute["StringValue"]
        for message in messages.values()
        for name, attribute in message.get("MessageAttributes", {}).items()
        if "reason" in name.lower()
    ]
    return sorted(found)


def check_messages(stage, other):
    """From the topic to a queue, wrapped or raw, and to the next queue."""
    stage.publish("order", sku="lamp")
    stage.publish("order", sku="sofa")
    stage.publish("rush", sku="sofa")
    stage.publish("return", sku="lamp")
    wait_for("two sofas are in the DLQ", lambda: stage.dead.depth() == 2)
    wait_for("the queues are empty", lambda: stage.orders.depth() == stage.shipments.depth() == 0)
    found = reasons(stage.dead)
    assert found == [f"no sofa to ship, kind {kind}" for kind in ("order", "rush")], found
    assert stage.refused.depth() == other.dead.depth() == other.refused.depth() == 0


def ids(queue):
    return {message["MessageId"] for message in queue.peek()}


def check_denial(stage):
    """A worker may not send to a queue that neither redrive nor its own file names."""
    other = new_queue("other")
    stage.publish("order", sku="lamp", queue=other.url)
    wait_for("the order is refused", lambda: stage.refused.depth() == 1)
    (reason,) = reasons(stage.refused)
    assert "AccessDenied" in reason, reason
    assert other.depth() == 0


def check_redrive(stage):
    function = stage.outputs["ShipOrderRedriveName"]
    before = ids(stage.dead)
    answer = client("lambda").invoke(FunctionName=function, Payload=b"{}")
    failed, answer = answer.get("FunctionError"), json.loads(answer["Payload"].read())
    assert not failed and answer["outcome"] == "started", answer
    # They are refused again, each by a new message.
    is_back = lambda: stage.dead.depth() == len(before) and not before & ids(stage.dead)
    wait_for("the sofas are back", is_back)


# Version 1 of the AWS command line calls SQS at an old address unless this option has
# another, and LocalStack cannot update a stack with the template that it has.
AWS = """#!/bin/sh
for argument; do
    shift
    case $argument in
        --use-previous-template) set -- "$@" --template-body "file://$TEMPLATE" ;;
        *) set -- "$@" "$argument" ;;
    esac
done
exec "$AWS" --endpoint-url "$AWS_ENDPOINT_URL" "$@"
"""


def redrive(command, stack, *arguments):
    program, template = Path("bin/aws").absolute(), Path(f"{stack}.json").absolute()
    program.parent.mkdir(exist_ok=True)
    program.write_text(AWS)
    program.chmod(0o755)
    body = client("cloudformation").get_template(StackName=stack)["TemplateBody"]
    template.write_text(body if isinstance(body, str) else json.dumps(body))
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "TEMPLATE": str(template)}
    return run(os.environ["CARGO_REDRIVE"], command, stack, *arguments, env=environment)


def enable(function):
    """What LocalStack leaves out of an update that sets a property back to its first value."""
    functions = client("lambda")
    mappings = functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def check_pause(stage):
    """Messages wait while a function is paused, and are delivered after it is resumed."""
    name, before = stage.stack.name, stage.dead.depth()
    assert "TakeOrder: paused" in redrive("pause", name, "-f", "take_order")
    stage.publish("order", sku="sofa")
    wait_for("the order waits", lambda: stage.orders.depth() == 1)
    # Longer than a poll takes.
    time.sleep(3)
    assert "1 message waits, 0 are received" in redrive("pause", name, "-f", "take_order")
    assert "TakeOrder: resumed" in redrive("resume", name, "-f", "take_order")
    described = client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    enabled = {"ParameterKey": "TakeOrderEnabled", "ParameterValue": "true"}
    assert enabled in described["Parameters"], described
    enable(stage.outputs["TakeOrderWorkerName"])
    wait_for("the order is delivered", lambda: stage.dead.depth() == before + 1)
    wait_for("the queue is empty", lambda: stage.orders.depth() == 0)


def main():
    shared = network()
    blue, green = (Stage(name, tool, shared) for name, tool in (("blue", "aws"), ("green", "sam")))
    for stage, other in ((blue, green), (green, blue)):
        check_settings(stage, shared)
        check_rights(stage)
        if not ON_LOCALSTACK:
            allow_batches(workers(stage))
    check_messages(blue, green)
    if ON_LOCALSTACK:
        # ministack has no move tasks, and its CloudFormation takes the text `false` for a
        # true value.
        check_pause(blue)
        check_redrive(blue)
    else:
        check_denial(blue)


main()

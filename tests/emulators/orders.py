"""Deploys the orders example, reads back what that made, and sends orders."""

import json
import os

from cloud import Queue, Stack, client, configure, wait_for
from services import Services

ON_LOCALSTACK = os.environ["EMULATOR"] == "localstack"
# Longer than the attempts at an order take together; the template's own
# three minutes would pass between receives.
VISIBILITY_SECONDS = 3


def order(id, sku, quantity=1):
    return json.dumps({"id": id, "sku": sku, "quantity": quantity, "total_cents": 1200})


def check_queues(source, dlq, outputs):
    now = source.attributes()
    assert now["QueueArn"] == outputs["ProcessOrderQueueArn"], now
    assert now["VisibilityTimeout"] == "180", now
    assert now["MessageRetentionPeriod"] == "345600", now
    assert now["SqsManagedSseEnabled"] == "true", now
    policy = json.loads(now["RedrivePolicy"])
    assert policy["deadLetterTargetArn"] == outputs["ProcessOrderDlqArn"], policy
    assert int(policy["maxReceiveCount"]) == 6, policy
    statement = json.loads(now["Policy"])["Statement"]
    statement = statement[0] if isinstance(statement, list) else statement
    assert statement["Effect"] == "Deny", statement
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, statement

    now = dlq.attributes()
    assert now["MessageRetentionPeriod"] == "1209600", now
    allow = json.loads(now["RedriveAllowPolicy"])
    assert allow["redrivePermission"] == "byQueue", allow
    assert allow["sourceQueueArns"] == [outputs["ProcessOrderQueueArn"]], allow


def check_functions(outputs):
    functions = client("lambda")
    worker = functions.get_function_configuration(FunctionName=outputs["ProcessOrderWorkerName"])
    assert worker["Handler"] == "process_order", worker
    assert worker["Runtime"] == "provided.al2023", worker
    assert worker["Timeout"] == 30, worker
    assert worker["Environment"]["Variables"]["PAYMENTS_URL"] == "http://payments.internal", worker
    redrive = functions.get_function_configuration(FunctionName=outputs["ProcessOrderRedriveName"])
    assert redrive["Handler"] == "process_order.redrive", redrive
    variables = redrive["Environment"]["Variables"]
    assert variables["REDRIVE_DLQ_ARN"] == outputs["ProcessOrderDlqArn"], variables
    assert variables["REDRIVE_SOURCE_ARN"] == outputs["ProcessOrderQueueArn"], variables
    assert redrive["CodeSha256"] == worker["CodeSha256"], "one zip for both"
    mappings = functions.list_event_source_mappings(FunctionName=outputs["ProcessOrderWorkerName"])
    (mapping,) = mappings["EventSourceMappings"]
    assert mapping["EventSourceArn"] == outputs["ProcessOrderQueueArn"], mapping
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], mapping
    assert mapping["BatchSize"] == 10, mapping
    return redrive["FunctionArn"]


def check_schedule(resources, redrive_arn):
    name = resources["ProcessOrderSchedule"].rpartition("/")[2].rpartition("|")[2]
    schedule = client("scheduler").get_schedule(Name=name)
    assert schedule["ScheduleExpression"] == "cron(0 23 ? * SUN-THU *)", schedule
    assert schedule["Target"]["Arn"] == redrive_arn, schedule
    assert resources["ProcessOrderScheduleRole"] in schedule["Target"]["RoleArn"], schedule
    if ON_LOCALSTACK:
        # ministack drops the time zone.
        assert schedule["ScheduleExpressionTimezone"] == "Asia/Jerusalem", schedule


def actions(role):
    iam = client("iam")
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    allowed = set()
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow" and statement["Resource"] != "*", statement
        allowed.update(statement["Action"])
    return allowed


def check_roles(resources):
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    consume = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    move = {"sqs:StartMessageMoveTask", "sqs:ListMessageMoveTasks", "sqs:SendMessage"}
    assert actions(resources["ProcessOrderWorkerRole"]) == logs | consume | {"sqs:SendMessage"}
    assert actions(resources["ProcessOrderRedriveRole"]) == logs | consume | move
    start = {"lambda:InvokeFunction", "sqs:SendMessage"}
    assert actions(resources["ProcessOrderScheduleRole"]) == start


def check_alarms_and_logs(resources):
    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    found = {alarm["AlarmName"]: alarm for alarm in alarms}
    expected = {
        "ProcessOrderDlqAlarm": "ApproximateNumberOfMessagesVisible",
        "ProcessOrderParkingAlarm": "ApproximateNumberOfMessagesVisible",
        "ProcessOrderParkingAgeAlarm": "ApproximateAgeOfOldestMessage",
        "ProcessOrderQueueAgeAlarm": "ApproximateAgeOfOldestMessage",
        "ProcessOrderWorkerAlarm": "Errors",
        "ProcessOrderThrottlesAlarm": "Throttles",
        "ProcessOrderRedriveAlarm": "Errors",
        "ProcessOrderMoveTaskAlarm": "FailedMoveTasks",
        "FailedRedrivesAlarm": "ApproximateNumberOfMessagesVisible",
    }
    for logical, metric in expected.items():
        assert found[resources[logical]]["MetricName"] == metric, logical
    assert len(found) == len(expected), found
    groups = client("logs").describe_log_groups()["logGroups"]
    retention = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    for logical in ("ProcessOrderWorkerLogs", "ProcessOrderRedriveLogs"):
        # LocalStack's CloudFormation keeps logs for ever.
        is_kept = ON_LOCALSTACK and os.environ["TOOL"] != "terraform"
        assert retention[resources[logical]] == (None if is_kept else 30), retention


def shorten_waits(source):
    source.sqs.set_queue_attributes(
        QueueUrl=source.url, Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)}
    )


def check_worker(source, dlq, services):
    """Good orders are done once; what fails ends in the DLQ, and nothing else."""
    services.sold_out = {"/picks/sofa"}
    source.send(order(1, "lamp"), order(2, "sofa"), order(3, "chair"), '{"id": 4', order(5, "rug", 0))
    wait_for("the bad orders reach the DLQ", lambda: dlq.depth() == 3)
    wait_for("the queue is empty", lambda: source.depth() == 0)
    assert services.times("/picks/lamp") == services.times("/picks/chair") == 1, services.done
    assert services.times("/picks/sofa") == 0, services.done
    # Tried again inside the invocation, and in each of the five receives.
    assert services.times("/charges/2") > 5, services.done
    assert services.times("/charges/5") == 0, "it panics before it charges"


def invoke(function):
    """As the Scheduler does, but waiting for the answer."""
    answer = client("lambda").invoke(FunctionName=function, Payload=b"{}")
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def check_healing(source, dlq, services, redrive):
    """The cause is healed, the redrive runs, and the message is done."""
    services.sold_out = set()
    error, answer = invoke(redrive)
    assert error is None and answer["outcome"] == "started", answer
    assert answer["messages_waiting"] == 3, answer
    wait_for("the sofa is picked", lambda: services.times("/picks/sofa") == 1)


def check_redrive_while_one_runs(source, dlq, redrive):
    # One message in a second, and a few of them, so that it still runs.
    dlq.send(*(order(id, "lamp") for id in range(10, 18)))
    dlq_arn, source_arn = (queue.attributes()["QueueArn"] for queue in (dlq, source))
    dlq.sqs.start_message_move_task(
        SourceArn=dlq_arn, DestinationArn=source_arn, MaxNumberOfMessagesPerSecond=1
    )
    error, answer = invoke(redrive)
    assert error is None and answer["outcome"] == "already_running", answer


def check_redrive_that_cannot(redrive):
    """This emulator has no move tasks: that must not look like success."""
    error, answer = invoke(redrive)
    assert error, answer
    assert "errorMessage" in answer, answer


def main():
    stack = Stack.of_package()
    outputs, resources = stack.outputs(), stack.resources()
    source, dlq = Queue(outputs["ProcessOrderQueueUrl"]), Queue(outputs["ProcessOrderDlqUrl"])
    check_queues(source, dlq, outputs)
    redrive_arn = check_functions(outputs)
    check_schedule(resources, redrive_arn)
    check_roles(resources)
    check_alarms_and_logs(resources)

    services = Services()
    shorten_waits(source)
    configure(
        outputs["ProcessOrderWorkerName"], PAYMENTS_URL=services.url, WAREHOUSE_URL=services.url
    )
    check_worker(source, dlq, services)
    redrive = outputs["ProcessOrderRedriveName"]
    if ON_LOCALSTACK:
        check_healing(source, dlq, services, redrive)
        check_redrive_while_one_runs(source, dlq, redrive)
    else:
        check_redrive_that_cannot(redrive)
    stack.destroy()


main()

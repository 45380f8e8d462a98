"""What roles may do."""

import json

from cloud import client

SEND = {"sqs:SendMessage"}


def rights(role):
    """The actions that the role's policies allow, by resource."""
    iam = client("iam")
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached == [], attached
    allowed = {}
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in document["Statement"]:
            assert set(statement) <= {"Sid", "Effect", "Action", "Resource"}, statement
            assert statement["Effect"] == "Allow", statement
            for resource in as_list(statement["Resource"]):
                allowed.setdefault(resource, set()).update(as_list(statement["Action"]))
    return allowed


def as_list(value):
    return value if isinstance(value, list) else [value]


def allow_batches(roles):
    """`sqs:SendMessage` allows `SendMessageBatch` too, but ministack asks for a right of that
    name, which AWS does not know:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    """
    for role in roles:
        queues = [queue for queue, actions in rights(role).items() if SEND <= actions]
        statement = {"Effect": "Allow", "Action": "sqs:SendMessageBatch", "Resource": queues}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        client("iam").put_role_policy(
            RoleName=role, PolicyName="batches", PolicyDocument=json.dumps(document)
        )

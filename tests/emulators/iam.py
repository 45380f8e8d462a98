"""What roles may do."""

import json

from cloud import client


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
    """Who may send a message may send several in one call, but ministack asks for a right of
    that name, which AWS does not know:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    """
    for role in roles:
        statements = [
            {"Effect": "Allow", "Action": f"{action}Batch", "Resource": queue}
            for queue, actions in rights(role).items()
            for action in actions & {"sqs:SendMessage", "sqs:ChangeMessageVisibility"}
        ]
        document = {"Version": "2012-10-17", "Statement": statements}
        client("iam").put_role_policy(
            RoleName=role, PolicyName="batches", PolicyDocument=json.dumps(document)
        )

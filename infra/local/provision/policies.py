"""What each service may do in AWS, derived from topology.json: its own topic, queues, bucket, table and keys."""

from collections.abc import Mapping
from typing import Any

from infra.local.provision.arns import Arns

# AWS authorises a batch call by its single action; the emulator asks for the batch's own name. Both are named
# here, for these local users only; Terraform's policies name the single actions.
_PUBLISH = ["sns:Publish", "sns:PublishBatch"]
_SEND = ["sqs:SendMessage", "sqs:SendMessageBatch", "sqs:GetQueueUrl"]
# The own dead letters: what failed for good is put there; administrators look at it, send it back or discard it.
_DEAD_LETTERS = [
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:ChangeMessageVisibilityBatch",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
]
_CONSUME = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility",
    "sqs:ChangeMessageVisibilityBatch",
    "sqs:SendMessage",  # a message that failed, or is in hand while a dependency is down, is sent again, delayed
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
]
_TABLE = [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
]
_OBJECTS = [
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:PutObject",
    "s3:GetObjectAttributes",
    "s3:PutObjectTagging",
    "s3:GetObjectTagging",
]
# What no law keeps: drafts, in every stored version. Signed reports have other names.
_ERASE_DRAFTS = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
_DRAFTS = "/*/draft-*"
# An append-only bucket: each service under its own prefix. What was put is read, never deleted, never unlocked.
_APPEND = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
_LOOK = ["s3:ListBucket", "s3:ListBucketVersions"]
_NEVER = [
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectRetention",
    "s3:PutObjectLegalHold",
    "s3:BypassGovernanceRetention",
    "s3:PutBucketObjectLockConfiguration",
]
# The audit facts among a table's items: put once. A batch may delete, and a partition's prefix is all IAM can tell.
_CHANGE_ITEMS = ["dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"]
_AUDIT_ITEMS = {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["AUDIT*"]}}
_KEY = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]
_SENDS = {
    "ses": [{"actions": ["ses:SendEmail", "ses:SendRawEmail"], "resources": ["*"]}],
    "sms": [
        {"actions": ["sms-voice:SendTextMessage"], "resources": ["*"]}
    ],  # a text names a phone, not a resource
}


def service_policy(topology: Mapping[str, Any], service: str, key_ids: Mapping[str, str]) -> dict[str, Any]:
    """Return the IAM policy of one service (hyphenated name)."""
    arns = Arns(topology)
    topics = [arns.topic(name) for name, topic in topology["topics"].items() if topic["producer"] == service]
    own = [arns.queue(name) for name, queue in topology["queues"].items() if queue["consumer"] == service]
    commands = [
        arns.queue(name)
        for name, queue in topology["queues"].items()
        if service in queue.get("senders", ()) and queue["consumer"] != service
    ]
    buckets = [
        arns.bucket(name) for name, item in topology["buckets"].items() if item.get("owner") == service
    ]
    appends = [
        arns.bucket(name)
        for name, item in topology["buckets"].items()
        if service in item.get("appenders", ())
    ]
    tables = [arns.table(name) for name, item in topology["tables"].items() if item["owner"] == service]
    keys = [
        arn  # AWS resolves an alias to its key before it asks the policy, the emulator does not
        for name, key in topology["keys"].items()
        if service in key["users"]
        for arn in (arns.key(key_ids[name]), arns.alias(name))
    ]
    statements = [
        _allow(_PUBLISH, topics),
        _allow(_CONSUME, own),
        _allow(_SEND, commands),
        _allow(_DEAD_LETTERS, [arn + topology["queue_settings"]["dead_letter_suffix"] for arn in own]),
        _allow(_OBJECTS, [f"{bucket}/*" for bucket in buckets]),
        _allow(["s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation"], buckets),
        _allow(_ERASE_DRAFTS, [f"{bucket}{_DRAFTS}" for bucket in buckets]),
        _allow(_APPEND, [f"{bucket}/{service}/*" for bucket in appends]),
        _allow(_LOOK, appends) | {"Condition": {"StringLike": {"s3:prefix": [f"{service}/*"]}}},
        _deny(_NEVER, [part for bucket in appends for part in (bucket, f"{bucket}/*")]),
        _deny(_CHANGE_ITEMS, tables) | {"Condition": _AUDIT_ITEMS},
        _allow(_TABLE, [part for table in tables for part in (table, f"{table}/index/*")]),
        _allow(_KEY, keys),
    ]
    for channel in topology["services"].get(service, {}).get("sends", ()):
        statements += [_allow(item["actions"], item["resources"]) for item in _SENDS[channel]]
    return {"Version": "2012-10-17", "Statement": [item for item in statements if item["Resource"]]}


def _allow(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def _deny(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": actions, "Resource": resources}

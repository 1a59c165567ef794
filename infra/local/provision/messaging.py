"""Topics, queues with their dead letters, and what feeds them: subscriptions, and AWS's own events."""

import json
from collections.abc import Mapping
from typing import Any

from infra.local.provision.arns import Arns
from infra.local.provision.clients import AdminClients


def provision_messaging(clients: AdminClients, topology: Mapping[str, Any]) -> None:
    """Create or adjust everything (every call is idempotent)."""
    arns = Arns(topology)
    for name, topic in topology["topics"].items():
        clients.sns.create_topic(Name=name, Attributes={"KmsMasterKeyId": f"alias/{topic['kms_key']}"})
    for name, queue in topology["queues"].items():
        _queue(clients, topology, arns, name, queue)
    for name, queue in topology["queues"].items():
        if "topic" in queue:
            _subscription(clients, arns, name, queue)
        if "event_sources" in queue:
            _rule(clients, arns, name, queue)


def _queue(
    clients: AdminClients, topology: Mapping[str, Any], arns: Arns, name: str, queue: Mapping[str, Any]
) -> None:
    settings = topology["queue_settings"]
    dead_letters = name + settings["dead_letter_suffix"]
    key = {"KmsMasterKeyId": f"alias/{queue['kms_key']}"}
    _create(
        clients,
        dead_letters,
        {
            "MessageRetentionPeriod": str(settings["dead_letter_retention_s"]),
            "RedriveAllowPolicy": json.dumps(
                {"redrivePermission": "byQueue", "sourceQueueArns": [arns.queue(name)]}
            ),
            **key,
        },
    )
    attributes = {
        "VisibilityTimeout": str(settings["visibility_timeout_s"]),
        "ReceiveMessageWaitTimeSeconds": str(settings["receive_wait_s"]),
        "MessageRetentionPeriod": str(queue.get("retention_s", settings["retention_s"])),
        "RedrivePolicy": json.dumps(
            {
                "deadLetterTargetArn": arns.queue(dead_letters),
                "maxReceiveCount": settings["max_receive_count"],
            }
        ),
        **key,
    }
    if "topic" in queue:
        attributes["Policy"] = json.dumps(_only_from("sns", arns.topic(queue["topic"]), to=arns.queue(name)))
    if "event_sources" in queue:
        attributes["Policy"] = json.dumps(_only_from("events", arns.rule(name), to=arns.queue(name)))
    _create(clients, name, attributes)


def _create(clients: AdminClients, name: str, attributes: dict[str, str]) -> None:
    try:
        clients.sqs.create_queue(QueueName=name, Attributes=attributes)
    except clients.sqs.exceptions.QueueNameExists:
        url = clients.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        clients.sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def _only_from(aws_service: str, source_arn: str, *, to: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{aws_service}.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": to,
                "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
            }
        ],
    }


def _subscription(clients: AdminClients, arns: Arns, name: str, queue: Mapping[str, Any]) -> None:
    subscription = clients.sns.subscribe(
        TopicArn=arns.topic(queue["topic"]),
        Protocol="sqs",
        Endpoint=arns.queue(name),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    wanted = {"RawMessageDelivery": "true", "FilterPolicy": json.dumps({"type": queue["types"]})}
    for attribute, value in wanted.items():
        clients.sns.set_subscription_attributes(
            SubscriptionArn=subscription, AttributeName=attribute, AttributeValue=value
        )


def _rule(clients: AdminClients, arns: Arns, name: str, queue: Mapping[str, Any]) -> None:
    """What AWS services tell of their own work, from the default event bus to the queue."""
    clients.events.put_rule(Name=name, EventPattern=json.dumps({"source": queue["event_sources"]}))
    clients.events.put_targets(Rule=name, Targets=[{"Id": name, "Arn": arns.queue(name)}])

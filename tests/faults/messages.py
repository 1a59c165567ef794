"""What a queue may do to messages: bring them twice, late and out of order, and things that are none of ours."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.provision.clients import AwsAccount
from tests.faults.verdict import TOPOLOGY

_SPY = "faults-spy"
_LATE_S = 4
_FROM_TOPICS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
        }
    ],
}
RUBBISH = ("{", "[]", '{"specversion": "1.0"}')


class Postman:
    """Listens to every topic and brings each event again: at once, and late, in the opposite order of a batch."""

    def __init__(self, aws_url: str) -> None:
        account = AwsAccount(aws_url, TOPOLOGY["region"], TOPOLOGY["account_id"])
        self._sqs, self._sns = account.client("sqs"), account.client("sns")
        self.seen: dict[str, Any] = {}  # body -> its message attributes
        self.brought_again = 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        queue = self._sqs.create_queue(QueueName=_SPY, Attributes={"Policy": json.dumps(_FROM_TOPICS)})[
            "QueueUrl"
        ]
        subscriptions = [self._subscribe(topic) for topic in TOPOLOGY["topics"]]
        over = threading.Event()
        thread = threading.Thread(target=self._work, args=(queue, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            for subscription in subscriptions:
                self._sns.unsubscribe(SubscriptionArn=subscription)
            self._sqs.delete_queue(QueueUrl=queue)

    def throw_rubbish(self) -> dict[str, int]:
        """Put what is no message of ours into every queue; return how much, by the dead-letter queue it belongs in."""
        suffix = TOPOLOGY["queue_settings"]["dead_letter_suffix"]
        for queue in TOPOLOGY["queues"]:
            for body in RUBBISH:
                self._sqs.send_message(QueueUrl=self._url(queue), MessageBody=body)
        return {queue + suffix: len(RUBBISH) for queue in TOPOLOGY["queues"]}

    def empty(self, *queues: str) -> None:
        for queue in queues:
            self._sqs.purge_queue(QueueUrl=self._url(queue))

    def _work(self, queue: str, over: threading.Event) -> None:
        while not over.is_set():
            answer = self._sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1, MessageAttributeNames=["All"]
            )
            for message in reversed(answer.get("Messages", [])):
                self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                if message["Body"] not in self.seen:
                    self.seen[message["Body"]] = message["MessageAttributes"]
                    self._bring_again(message)

    def _bring_again(self, message: dict[str, Any]) -> None:
        kind = message["MessageAttributes"]["type"]["StringValue"]
        for name, queue in TOPOLOGY["queues"].items():
            if "topic" in queue and kind in queue["types"]:
                for delay in (0, _LATE_S):
                    self._sqs.send_message(
                        QueueUrl=self._url(name), MessageBody=message["Body"], DelaySeconds=delay
                    )
                    self.brought_again += 1

    def _subscribe(self, topic: str) -> str:
        arn = "arn:aws:{}:" + f"{TOPOLOGY['region']}:{TOPOLOGY['account_id']}:" + "{}"
        return str(
            self._sns.subscribe(
                TopicArn=arn.format("sns", topic),
                Protocol="sqs",
                Endpoint=arn.format("sqs", _SPY),
                Attributes={"RawMessageDelivery": "true"},
                ReturnSubscriptionArn=True,
            )["SubscriptionArn"]
        )

    def _url(self, queue: str) -> str:
        return str(self._sqs.get_queue_url(QueueName=queue)["QueueUrl"])

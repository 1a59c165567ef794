"""SMS by Amazon SNS, straight to a phone number."""

import asyncio
from concurrent.futures import Executor
from typing import Any

from services.notification.domain.rendering import SmsMessage
from services.notification.infrastructure.provider_answers import provider_answers
from services.shared.platform import kill_points


class SnsSmsChannel:
    """Our delivery id travels as a message attribute.

    `sns` must be a client without retries: a repeat after a time-out could send twice.
    """

    def __init__(self, sns: Any, *, threads: Executor) -> None:
        self._sns = sns
        self._threads = threads

    async def send(self, message: SmsMessage) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._send, message)

    def _send(self, message: SmsMessage) -> str:
        with provider_answers():
            answer = self._sns.publish(
                PhoneNumber=message.to,
                Message=message.text,
                MessageAttributes={
                    "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
                    "delivery_id": {"DataType": "String", "StringValue": str(message.delivery_id)},
                },
            )
        kill_points.reached("after_acceptance_before_record")
        return str(answer["MessageId"])

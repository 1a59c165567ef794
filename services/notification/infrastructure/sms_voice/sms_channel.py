"""SMS by AWS End User Messaging SMS, straight to a phone number."""

import asyncio
from concurrent.futures import Executor
from contextvars import copy_context
from typing import Any

from services.notification.domain.rendering import SmsMessage
from services.notification.infrastructure.provider_answers import provider_answers
from services.shared.platform import kill_points


class SmsVoiceChannel:
    """Our delivery id travels in the context, which the provider repeats in its receipts. SNS's own texts have no
    receipt that carries anything of ours.

    `sms_voice` must be a client without retries: a repeat after a time-out could send twice. `origination` is the
    short code or sender id (AWS chooses among the account's own when it is None).
    """

    def __init__(self, sms_voice: Any, *, threads: Executor, origination: str | None = None) -> None:
        self._sms_voice = sms_voice
        self._threads = threads
        self._origination = {"OriginationIdentity": origination} if origination else {}

    async def send(self, message: SmsMessage) -> str:
        in_trace = copy_context().run  # a thread does not know whose trace it works for
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, in_trace, self._send, message)

    def _send(self, message: SmsMessage) -> str:
        with provider_answers():
            answer = self._sms_voice.send_text_message(
                DestinationPhoneNumber=message.to,
                MessageBody=message.text,
                MessageType="TRANSACTIONAL",
                Context={"delivery_id": str(message.delivery_id)},
                **self._origination,
            )
        kill_points.reached("after_acceptance_before_record")
        return str(answer["MessageId"])

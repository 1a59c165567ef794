"""E-mail by Amazon SES (API v2)."""

import asyncio
from concurrent.futures import Executor
from contextvars import copy_context
from email.utils import formataddr
from typing import Any

from services.notification.domain.rendering import EmailMessage
from services.notification.infrastructure.provider_answers import provider_answers
from services.notification.infrastructure.ses.html_body import html_body
from services.shared.platform import kill_points


class SesEmailChannel:
    """Text and HTML; our delivery id travels as a message tag, which SES repeats in its own events.

    `ses` must be a client without retries: a repeat after a time-out could send twice.
    """

    def __init__(
        self,
        ses: Any,
        *,
        sender: str,
        preferences_url: str,
        threads: Executor,
        configuration_set: str | None = None,
    ) -> None:
        self._ses = ses
        self._sender = sender
        self._preferences_url = preferences_url
        self._threads = threads
        self._configuration = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    async def send(self, message: EmailMessage) -> str:
        in_trace = copy_context().run  # a thread does not know whose trace it works for
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, in_trace, self._send, message)

    def _send(self, message: EmailMessage) -> str:
        content = {
            "Subject": {"Data": message.subject, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": message.text, "Charset": "UTF-8"},
                "Html": {"Data": html_body(message, self._preferences_url), "Charset": "UTF-8"},
            },
        }
        if message.may_be_declined:
            content["Headers"] = [{"Name": "List-Unsubscribe", "Value": f"<{self._preferences_url}>"}]
        with provider_answers():
            answer = self._ses.send_email(
                FromEmailAddress=formataddr((message.clinic_name, self._sender)),
                Destination={"ToAddresses": [message.to]},
                Content={"Simple": content},
                EmailTags=[{"Name": "delivery_id", "Value": str(message.delivery_id)}],
                **self._configuration,
            )
        kill_points.reached("after_acceptance_before_record")
        return str(answer["MessageId"])

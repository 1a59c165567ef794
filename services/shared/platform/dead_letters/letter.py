"""One dead letter, as far as it may be shown: why it died and its envelope's context attributes, never its data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.shared.platform.messaging.context_attributes import ContextAttributes, context_attributes
from services.shared.platform.messaging.failures import ERROR, FAILURES, REASON, Reason

_ERROR = re.compile(r"[A-Za-z0-9_.]{1,80}")  # an error's code or a class: nothing else gets to a page


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`body` and `receipt` are for moving it, and are in no answer and no log."""

    id: str  # the queue's own message id; a letter that dies again has a new one
    queue: str
    died_at: datetime
    failures: int
    reason: Reason
    error: str | None
    context: ContextAttributes
    body: str
    receipt: str

    def belongs_to(self, clinic_id: UUID) -> bool:
        return self.context.clinic_id == clinic_id

    @property
    def is_nobodys(self) -> bool:
        """No clinic can be read: whose it is, and so what of it may be shown to whom, is unknown."""
        return self.context.clinic_id is None


def letter_of(queue: str, message: Mapping[str, Any]) -> DeadLetter:
    """Read a message that SQS handed out with all its attributes."""
    stated = {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()}
    error = stated.get(ERROR, "")
    return DeadLetter(
        id=message["MessageId"],
        queue=queue,
        died_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
        failures=int(stated.get(FAILURES, "0")),
        reason=Reason(stated[REASON]) if stated.get(REASON) in list(Reason) else Reason.NOT_SETTLED,
        error=error if _ERROR.fullmatch(error) else None,
        context=context_attributes(message["Body"]),
        body=message["Body"],
        receipt=message["ReceiptHandle"],
    )

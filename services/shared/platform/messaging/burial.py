"""What a failed message carries on its way back or into the dead letters, and the log line of its death."""

from services.shared.platform.logs import get_logger
from services.shared.platform.messaging.context_attributes import context_attributes
from services.shared.platform.messaging.failures import ERROR, FAILURES, REASON, Failure

Attributes = dict[str, dict[str, str]]


def attributes(failures: int, died_of: Failure | None) -> Attributes:
    """Return SQS message attributes: the failures so far and, on a dead letter, codes of why; never content."""
    stated = {REASON: died_of.reason.value, ERROR: died_of.error} if died_of else {}
    return {FAILURES: {"DataType": "Number", "StringValue": str(failures)}} | {
        name: {"DataType": "String", "StringValue": text} for name, text in stated.items() if text
    }


def log_death(queue: str, body: str, failure: Failure, failures: int) -> None:
    known = context_attributes(body)
    get_logger().error(
        "message.dead",
        queue=queue,
        count=failures,
        reason=failure.reason.value,
        error=failure.error or None,
        event_id=known.event_id,
        event_type=known.type,
        trace_id=known.trace_id,
    )

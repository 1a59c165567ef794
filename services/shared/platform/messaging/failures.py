"""Why a message failed, as codes that may travel: on the message itself, in the log, on the administrators' page."""

from dataclasses import dataclass
from enum import StrEnum

from services.shared.kernel.errors import LaudoError
from services.shared.platform.messaging.envelope import ForeignMessage, MalformedMessage

FAILURES = "failures"  # message attributes: how often it failed so far, and on a dead letter why
REASON = "reason"
ERROR = "error"


class Reason(StrEnum):
    MALFORMED = "malformed"  # no envelope, an unknown type, or data that does not match the schema
    FOREIGN_TYPE = "foreign_type"  # a known type that this queue's consumer does not take
    TIMED_OUT = "timed_out"  # the effect took longer than it may
    FAILED = "failed"  # the effect raised
    NOT_SETTLED = "not_settled"  # received again and again, and no consumer lived to say why


@dataclass(frozen=True, slots=True)
class Failure:
    """`error` is an error's code or its class, never its text, which may hold what a person typed."""

    reason: Reason
    error: str = ""

    @property
    def is_final(self) -> bool:
        """True when this program can never take the message: trying again would only delay its being seen.

        After the program was mended, a redrive brings it back.
        """
        return self.reason in (Reason.MALFORMED, Reason.FOREIGN_TYPE)


def failure_of(error: BaseException | None) -> Failure:
    if isinstance(error, ForeignMessage):
        return Failure(Reason.FOREIGN_TYPE)
    if isinstance(error, MalformedMessage):
        return Failure(Reason.MALFORMED)
    if isinstance(error, TimeoutError):
        return Failure(Reason.TIMED_OUT)
    if isinstance(error, LaudoError):
        return Failure(Reason.FAILED, error.kind.code)
    return Failure(Reason.FAILED, type(error).__name__ if error else "")

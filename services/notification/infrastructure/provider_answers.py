"""Tells a refusal from a doubt: after which failures of an AWS call nothing can have gone out."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from services.notification.application.ports import UNREACHABLE, NotAccepted, OutcomeUnknown

_THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "Throttled"})
_REJECTED = frozenset(
    {
        "MessageRejected",
        "BadRequestException",
        "InvalidParameter",
        "InvalidParameterValue",
        "ParameterValueInvalid",
        "ValidationException",  # of a text: the number or the words
        "ConflictException",  # of a text: the recipient opted out
        "NotFoundException",
    }
)


@contextmanager
def provider_answers() -> Iterator[None]:
    """Turn what boto3 raises into NotAccepted or OutcomeUnknown, without the provider's own words.

    A connection that was never made and an error that the service answers with 4xx are refusals; a broken or
    silent connection and a 5xx leave it open.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code in _THROTTLED or status in (429, 503):
            raise NotAccepted("throttled", permanent=False) from None
        if code in _REJECTED:
            raise NotAccepted("rejected", permanent=True) from None
        if 400 <= status < 500:
            raise NotAccepted("refused", permanent=False) from None
        raise OutcomeUnknown from None
    except (EndpointConnectionError, ConnectTimeoutError):
        raise NotAccepted(UNREACHABLE, permanent=False) from None
    except HTTPClientError:
        raise OutcomeUnknown from None
    except BotoCoreError:  # no credentials, a parameter that does not validate: nothing left this process
        raise NotAccepted("not_sent", permanent=False) from None

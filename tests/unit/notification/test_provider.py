"""What goes to the provider, and what its failures mean."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from services.notification.application.ports import NotAccepted, OutcomeUnknown
from services.notification.domain.rendering import EmailMessage, SmsMessage
from services.notification.infrastructure.provider_answers import provider_answers
from services.notification.infrastructure.ses.email_channel import SesEmailChannel
from services.notification.infrastructure.ses.html_body import html_body
from services.notification.infrastructure.sms_voice.sms_channel import SmsVoiceChannel

DELIVERY = UUID("0193a000-0000-7000-8000-0000000d0001")
PREFERENCES = "http://localhost:8080/preferencias"


def email(*, may_be_declined: bool = True, text: str = "Olá, Ana. Acesse http://p/1.") -> EmailMessage:
    return EmailMessage(
        delivery_id=DELIVERY,
        to="ana@exemplo.example",
        subject="Novo documento",
        text=text,
        url="http://p/1",
        locale="pt-BR",
        clinic_name="Laboratório Aurora",
        may_be_declined=may_be_declined,
    )


class Recorder:
    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def send_email(self, **call: Any) -> dict[str, str]:
        self.calls.append(call)
        return {"MessageId": "m-1"}

    def send_text_message(self, **call: Any) -> dict[str, str]:
        self.calls.append(call)
        return {"MessageId": "m-2"}


def client_error(code: str, status: int) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": "ana@exemplo.example"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        },
        "SendEmail",
    )


@pytest.mark.parametrize(
    ("raised", "detail", "permanent"),
    [
        (client_error("TooManyRequestsException", 429), "throttled", False),
        (client_error("ServiceUnavailable", 503), "throttled", False),
        (client_error("MessageRejected", 400), "rejected", True),
        (client_error("ValidationException", 400), "rejected", True),
        (client_error("ConflictException", 409), "rejected", True),
        (client_error("AccessDenied", 403), "refused", False),
        (EndpointConnectionError(endpoint_url="http://x"), "unreachable", False),
        (ConnectTimeoutError(endpoint_url="http://x"), "unreachable", False),
        (NoCredentialsError(), "not_sent", False),
    ],
)
def test_a_refusal_is_told_from_a_doubt_and_keeps_no_address(
    raised: BotoCoreError | ClientError, detail: str, permanent: bool
) -> None:
    with pytest.raises(NotAccepted) as caught, provider_answers():
        raise raised
    assert (caught.value.detail, caught.value.permanent) == (detail, permanent)
    assert "@" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("raised", [ReadTimeoutError(endpoint_url="http://x"), client_error("Internal", 500)])
def test_silence_and_server_errors_leave_the_outcome_open(raised: Exception) -> None:
    with pytest.raises(OutcomeUnknown), provider_answers():
        raise raised


async def test_an_email_carries_our_id_as_a_tag_and_the_way_to_decline() -> None:
    ses = Recorder()
    channel = SesEmailChannel(
        ses,
        sender="no-reply@laudo.example",
        preferences_url=PREFERENCES,
        threads=ThreadPoolExecutor(1),
        configuration_set="laudo",
    )
    assert await channel.send(email()) == "m-1"
    await channel.send(email(may_be_declined=False))
    ordinary, security = ses.calls
    assert ordinary["EmailTags"] == [{"Name": "delivery_id", "Value": str(DELIVERY)}]
    assert ordinary["ConfigurationSetName"] == "laudo"
    headers = ordinary["Content"]["Simple"]["Headers"]
    assert headers == [{"Name": "List-Unsubscribe", "Value": f"<{PREFERENCES}>"}]
    assert "Headers" not in security["Content"]["Simple"]


async def test_an_sms_carries_our_id_in_its_context_and_comes_from_the_number_we_were_told() -> None:
    sms_voice, threads = Recorder(), ThreadPoolExecutor(1)
    sms = SmsMessage(delivery_id=DELIVERY, to="+5511900000201", text="Aurora: ola")
    assert await SmsVoiceChannel(sms_voice, threads=threads).send(sms) == "m-2"
    await SmsVoiceChannel(sms_voice, threads=threads, origination="27000").send(sms)
    assert sms_voice.calls[0]["Context"] == {"delivery_id": str(DELIVERY)}
    assert sms_voice.calls[0]["MessageType"] == "TRANSACTIONAL"
    assert [call.get("OriginationIdentity") for call in sms_voice.calls] == [None, "27000"]


def test_the_html_escapes_what_people_typed_and_states_its_language() -> None:
    html = html_body(email(text="Olá, <script>alert(1)</script>. Acesse http://p/1."), PREFERENCES)
    assert "<script>" not in html
    assert '<html lang="pt-BR">' in html
    assert '<a href="http://p/1">http://p/1</a>' in html
    assert f'<a href="{PREFERENCES}">' in html


def test_a_security_email_offers_no_way_to_decline() -> None:
    assert PREFERENCES not in html_body(email(may_be_declined=False), PREFERENCES)

"""Now, later or not at all."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.channel import Channel
from services.notification.domain.contact import Contact
from services.notification.domain.decision import Decision, Hold, Send, Suppress, decide
from services.notification.domain.gsm7 import fits_one_segment, fold, is_gsm7, septets
from services.notification.domain.preferences import Preferences
from services.notification.domain.quiet_hours import NEVER_QUIET, QuietHours
from services.notification.domain.retry import back_off
from services.notification.infrastructure.templates.loader import load_templates

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
PERSON = Contact(
    person_id=UUID(int=1),
    version=1,
    first_name="Ana",
    email="ana@exemplo.example",
    phone="+5511900000201",
    sms_capable=True,
    locale="pt-BR",
    clinic_ids=frozenset(),
)


def local(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SAO_PAULO).astimezone(UTC)


def decided(template: str, channel: Channel, now: datetime, **changes: object) -> Decision:
    arguments = {"contact": PERSON, "preferences": Preferences(), "quiet": QuietHours(), "useful_until": None}
    return decide(load_templates()[template], channel, now=now, **(arguments | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (local(20, 59), local(20, 59)),
        (local(21), local(8, day=24)),
        (local(23, 59), local(8, day=24)),
        (local(0, 1), local(8)),
        (local(7, 59), local(8)),
        (local(8), local(8)),
    ],
)
def test_quiet_hours_end_at_eight_in_the_morning_local_time(at: datetime, opens: datetime) -> None:
    assert QuietHours().opening(at) == opens


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_what_opens_is_never_quiet_and_never_more_than_eleven_hours_away(at: datetime) -> None:
    opening = QuietHours().opening(at)
    assert timedelta(0) <= opening - at <= timedelta(hours=11)
    assert QuietHours().opening(opening) == opening
    assert NEVER_QUIET.opening(at) == at
    by_day = QuietHours(time(12), time(14)).opening(at).astimezone(SAO_PAULO).time()
    assert not time(12) <= by_day < time(14)


def test_a_transactional_sms_is_held_at_night_and_an_email_is_not() -> None:
    assert decided("ready", Channel.SMS, local(22)) == Hold(local(8, day=24))
    assert decided("ready", Channel.EMAIL, local(22)) == Send("ana@exemplo.example")


def test_a_security_sms_is_sent_at_night_and_cannot_be_declined() -> None:
    none = Preferences(email=False, sms=False)
    assert decided("one_time_code", Channel.SMS, local(3), preferences=none) == Send("+5511900000201")


def test_a_declined_channel_is_silent_and_the_other_is_not() -> None:
    only_sms = Preferences(email=False, sms=True)
    assert decided("ready", Channel.EMAIL, local(12), preferences=only_sms) == Suppress("declined")
    assert decided("ready", Channel.SMS, local(12), preferences=only_sms) == Send("+5511900000201")


def test_a_message_that_would_come_too_late_is_not_sent() -> None:
    assert decided("scheduled", Channel.EMAIL, local(12), useful_until=local(12)) == Suppress("too_late")
    before_opening = local(7, 30, day=24)
    assert decided("scheduled", Channel.SMS, local(22), useful_until=before_opening) == Suppress("too_late")
    after_opening = local(9, day=24)
    assert decided("scheduled", Channel.SMS, local(22), useful_until=after_opening) == Hold(local(8, day=24))


def test_back_off_grows_and_ends() -> None:
    pauses = [back_off(attempt) for attempt in range(1, 7)]
    assert pauses[-1] is None
    waits = [pause for pause in pauses if pause is not None]
    assert waits == sorted(waits)
    assert len(waits) == 5


def test_characters_of_the_extension_table_count_twice() -> None:
    assert septets("{}€") == 6
    assert fits_one_segment("a" * 160)
    assert not fits_one_segment("a" * 159 + "€")
    assert not is_gsm7("ã")


@given(st.text())
def test_folded_text_is_always_gsm7(text: str) -> None:
    assert is_gsm7(fold(text))

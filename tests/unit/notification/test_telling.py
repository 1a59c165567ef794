"""Which event is told, by which text, to whom."""

from datetime import timedelta
from typing import Any

import pytest

from services.notification.domain.delivery import Lane
from services.notification.domain.preferences import Preferences
from services.shared.platform.messaging.envelope import Message
from tests.unit.notification.world import (
    ANA,
    EXAM,
    NIGHT,
    NOON,
    OTHER_CLINIC,
    World,
    account_created,
    account_deleted,
    account_updated,
    exam_completed,
    exam_created,
    exam_updated,
    file_processed,
    message,
    one_time_code,
    result_ready,
)

TOMORROW = NOON + timedelta(days=1)


async def test_a_new_patient_without_password_is_welcomed_by_both_channels(world: World) -> None:
    await world.hear(account_created(first_access=True))
    await world.send_all()
    assert world.states() == {"welcome/email": "sent", "welcome/sms": "sent"}
    assert world.email.sent[0].text.startswith("Olá, Ana. Seu acesso ao portal da Laboratório Aurora")


async def test_staff_and_patients_who_have_a_password_are_not_welcomed(world: World) -> None:
    await world.hear(
        account_created(first_access=False), account_updated(2, first_access=True, kind="patient")
    )
    await world.hear(account_created(3, kind="staff", roles=["doctor"], first_access=True))
    assert world.log == []


async def test_a_patient_is_welcomed_once_in_each_clinic(world: World) -> None:
    second = account_created(2, first_access=True, clinic_id=OTHER_CLINIC)
    await world.hear(account_created(first_access=True), second, second)
    assert sorted(item.clinic_id for item in world.log if item.channel == "email") == sorted(
        {item.clinic_id for item in world.log}
    )
    assert len(world.log) == 4


async def test_an_appointment_is_told_when_made_moved_and_cancelled(world: World) -> None:
    await world.hear(account_created(), exam_created(1, scheduled_at=TOMORROW))
    await world.send_all()
    await world.hear(exam_updated(2, "scheduled", "scheduled", scheduled_at=TOMORROW + timedelta(hours=1)))
    await world.send_all()
    await world.hear(exam_updated(3, "cancelled", "scheduled"))
    await world.send_all()
    assert {item.template for item in world.log} == {"scheduled", "rescheduled", "cancelled"}
    texts = [sms.text for sms in world.sms.sent]
    assert any("24/11 as 12:00" in text for text in texts)
    assert any("24/11 as 13:00" in text for text in texts)


async def test_an_order_without_appointment_and_laboratory_steps_are_not_told(world: World) -> None:
    await world.hear(account_created(), exam_created(1))
    await world.hear(
        exam_updated(2, "collected", "registered"),
        exam_updated(3, "in_analysis", "collected"),
        exam_updated(5, "released", "completed", report_version=1, ever_released=True),
    )
    assert world.log == []


async def test_an_old_appointment_is_not_told_after_a_newer_one(world: World) -> None:
    await world.hear(account_created())
    await world.hear(exam_updated(3, "scheduled", "scheduled", scheduled_at=TOMORROW))
    await world.hear(exam_updated(2, "scheduled", "scheduled", scheduled_at=NOON + timedelta(hours=3)))
    await world.send_all()
    assert len(world.email.sent) == len(world.sms.sent) == 1
    assert {item.detail for item in world.log if item.state == "suppressed"} == {"superseded"}


async def test_an_appointment_moved_while_its_message_waited_for_the_morning_is_not_told(
    world: World,
) -> None:
    world.clock.advance(NIGHT - NOON)
    await world.hear(account_created(email=None))
    moved_to = TOMORROW + timedelta(hours=1)
    await world.hear(exam_created(1, scheduled_at=TOMORROW))
    await world.hear(exam_updated(2, "scheduled", "scheduled", scheduled_at=moved_to))
    assert await world.send_all() == []
    world.clock.advance(timedelta(hours=9, minutes=31))
    assert sorted(await world.send_all()) == ["sent", "suppressed"]
    assert [("as 13:00" in message.text) for message in world.sms.sent] == [True]
    assert [item.detail for item in world.log if item.state == "suppressed"] == ["superseded"]


async def test_an_annulment_is_told_only_when_there_was_something_to_read(world: World) -> None:
    await world.hear(account_created())
    await world.hear(exam_updated(4, "entered_in_error", "completed", ever_released=False))
    assert world.log == []
    await world.hear(exam_updated(9, "entered_in_error", "released", ever_released=True))
    assert {item.template for item in world.log} == {"annulled"}


async def test_the_first_report_is_new_and_a_later_one_is_an_update(world: World) -> None:
    await world.hear(account_created(), exam_completed(5), result_ready(7), result_ready(9, report_version=2))
    await world.send_all()
    assert world.states() == {
        f"{template}/{channel}": "sent"
        for template in ("completed", "ready", "corrected")
        for channel in ("email", "sms")
    }


async def test_an_email_opens_the_very_exam_and_an_sms_the_portal(world: World) -> None:
    await world.hear(account_created(), result_ready(7))
    await world.send_all()
    assert f"http://localhost:8080/exames/{EXAM} com seu login" in world.email.sent[0].text
    assert "Acesse http://localhost:8080 com" in world.sms.sent[0].text


async def test_completion_is_not_told_any_more_once_the_report_is_released(world: World) -> None:
    await world.hear(account_created(), result_ready(7), exam_completed(5))
    await world.send_all()
    assert world.states()["completed/email"] == "suppressed"
    assert world.states()["ready/email"] == "sent"


async def test_only_attachments_are_told_and_never_after_release(world: World) -> None:
    await world.hear(account_created(), file_processed("draft_report"), file_processed("signed_report"))
    assert world.log == []
    await world.hear(file_processed("attachment"))
    assert {item.template for item in world.log} == {"processed"}
    before = len(world.log)
    await world.hear(result_ready(7), file_processed("attachment"))
    assert [item.template for item in world.log[before:]] == ["ready", "ready"]


async def test_what_comes_before_the_contact_is_parked_and_told_when_it_comes(world: World) -> None:
    assert await world.hear(result_ready(7)) == ["parked"]
    assert world.log == []
    await world.hear(account_updated(2))
    await world.send_all()
    assert world.states() == {"ready/email": "sent", "ready/sms": "sent"}
    assert await world.parked.waiting_for(ANA) == []


async def test_a_contact_that_comes_while_a_notice_is_being_parked_is_not_missed(world: World) -> None:
    park = world.parked.park

    async def park_late(notice: object) -> None:
        await world.hear(account_created())  # between the look and the parking
        await park(notice)  # type: ignore[arg-type]

    world.parked.park = park_late  # type: ignore[method-assign]
    assert await world.hear(result_ready(7)) == ["done"]
    assert len(world.log) == 2
    assert await world.parked.waiting_for(ANA) == []


async def test_a_repeated_message_is_recognised(world: World) -> None:
    ready = result_ready(7)
    await world.hear(account_created())
    assert await world.hear(ready, ready) == ["done", "repeat"]


async def test_a_new_delivery_rings_its_lane_and_a_held_one_does_not(world: World) -> None:
    await world.hear(account_created(), result_ready(7))
    assert world.bell.rung == [Lane.ORDINARY, Lane.ORDINARY]
    world.clock.at = NIGHT
    await world.hear(
        result_ready(9, report_version=2), one_time_code("123456", NIGHT + timedelta(minutes=10))
    )
    assert world.bell.rung[2:] == [Lane.ORDINARY, Lane.URGENT, Lane.URGENT]


async def test_at_night_the_email_goes_at_once_and_the_sms_at_eight(world: World) -> None:
    world.clock.at = NIGHT
    await world.hear(account_created(), result_ready(7))
    await world.send_all()
    assert world.states() == {"ready/email": "sent", "ready/sms": "queued"}
    held = next(item for item in world.log if item.channel == "sms")
    assert held.not_before is not None
    assert held.detail == "quiet_hours"
    world.clock.at = held.not_before
    await world.send_all()
    assert world.states()["ready/sms"] == "sent"


async def test_a_person_without_any_address_leaves_one_line_in_the_log(world: World) -> None:
    await world.hear(account_created(email=None, sms_capable=False), result_ready(7))
    assert [(item.state, item.detail) for item in world.log] == [("suppressed", "no_address")]


async def test_a_declined_channel_is_on_the_log_as_suppressed(world: World) -> None:
    await world.preferences.save(ANA, Preferences(email=True, sms=False))
    await world.hear(account_created(), result_ready(7))
    await world.send_all()
    assert world.states() == {"ready/email": "sent", "ready/sms": "suppressed"}


async def test_a_deleted_account_is_told_nothing_any_more(world: World) -> None:
    world.clock.at = NIGHT
    await world.hear(account_created(), result_ready(7))  # its SMS is held
    await world.send_all()
    await world.hear(account_deleted(2), account_updated(3), result_ready(9, report_version=2))
    world.clock.advance(timedelta(days=1))
    await world.send_all()
    assert len(world.email.sent) == 1
    assert world.sms.sent == []


async def test_of_a_deleted_account_the_log_keeps_what_was_sent_and_not_where_to(world: World) -> None:
    await world.preferences.save(ANA, Preferences(email=True, sms=False))
    await world.hear(account_created(), result_ready(7), one_time_code("424242", NOON + timedelta(minutes=9)))
    await world.send_all()
    await world.hear(account_deleted(2), account_deleted(2))
    assert {item.address_masked for item in world.log} == {""}
    assert "sent" in world.states().values()
    assert await world.preferences.find(ANA) == Preferences()
    [reason] = {item.reason for item in world.log if item.has_secret}
    assert await world.vault.read(reason, now=world.clock.now()) is None


async def test_a_sign_in_alert_is_a_security_message(world: World) -> None:
    from services.shared.contracts.commands import SendSignInAlert

    alert = message("notification.command.sign_in_alert", SendSignInAlert(account_id=ANA, signed_in_at=NIGHT))
    world.clock.at = NIGHT
    await world.hear(account_created(), alert)
    await world.send_all()
    assert world.states() == {"login_alert/email": "sent", "login_alert/sms": "sent"}
    assert "23/11 22:30" in world.sms.sent[0].text


async def test_an_emergency_access_is_told_at_once_and_names_neither_doctor_nor_reason(world: World) -> None:
    from services.shared.contracts.commands import SendEmergencyAccess

    told = SendEmergencyAccess(account_id=ANA, accessed_at=NIGHT)
    world.clock.at = NIGHT
    await world.hear(account_created(), message("notification.command.emergency_access", told))
    await world.send_all()
    assert world.states() == {"emergency_access/email": "sent", "emergency_access/sms": "sent"}
    assert "23/11 22:30" in world.sms.sent[0].text
    assert "regra de emergência" in world.email.sent[0].text


async def test_that_an_exam_belongs_to_another_record_now_is_told_to_nobody(world: World) -> None:
    """Also where the state would say `rescheduled`: nothing but the person changed."""
    await world.hear(account_created(first_access=False))
    later = NOON + timedelta(days=3)
    moved = exam_updated(9, "scheduled", "scheduled", scheduled_at=later, person_changed=True)
    assert await world.hear(moved) == ["done"]
    assert world.log == []


def silenced(version: int, **changes: Any) -> Message:
    word = [{"channel": "sms", "allowed": False}]
    return account_updated(version, **{"messages": word} | changes)


async def test_a_channel_silenced_at_accounts_is_silent_for_what_may_be_declined(world: World) -> None:
    await world.hear(account_created(), silenced(2), result_ready(7))
    await world.hear(one_time_code("424242", NOON + timedelta(minutes=9)))
    await world.send_all()
    assert world.states() == {
        "ready/email": "sent",
        "ready/sms": "suppressed",
        "one_time_code/email": "sent",
        "one_time_code/sms": "sent",
    }


async def test_the_word_that_silences_comes_before_what_has_waited_for_the_contact(world: World) -> None:
    await world.hear(result_ready(7), silenced(2))
    assert world.states()["ready/sms"] == "suppressed"


async def test_late_and_repeated_words_undo_nothing(world: World) -> None:
    allowed = silenced(3, messages=[{"channel": "sms", "allowed": True}])
    await world.hear(account_created(), allowed, silenced(2), silenced(2, clinic_id=OTHER_CLINIC))
    assert await world.preferences.find(ANA) == Preferences()


async def test_a_word_about_a_channel_revives_nothing_of_who_was_erased(world: World) -> None:
    await world.hear(account_created(), account_deleted(5), silenced(4), silenced(6))
    assert await world.preferences.find(ANA) == Preferences()


@pytest.mark.parametrize("known", [True, False], ids=["contact known", "contact comes later"])
@pytest.mark.parametrize("channel", ["email", "sms"])
async def test_a_code_goes_to_the_contacts_it_was_made_for_and_to_no_other(
    world: World, channel: str, known: bool
) -> None:
    """ASVS 5.0, 6.6.1: a number that nobody confirmed gets no code."""
    code = one_time_code("482913", NOON + timedelta(minutes=10), channels=[channel])
    await world.hear(*((account_created(), code) if known else (code, account_created())))
    await world.send_all()
    assert world.states() == {f"one_time_code/{channel}": "sent"}


async def test_a_code_whose_only_contact_is_unknown_is_logged_and_goes_nowhere_else(world: World) -> None:
    code = one_time_code("482913", NOON + timedelta(minutes=10), channels=["sms"])
    await world.hear(account_created(phone=None, sms_capable=False), code)
    await world.send_all()
    assert world.states() == {"one_time_code/sms": "suppressed"}
    assert world.email.sent == []

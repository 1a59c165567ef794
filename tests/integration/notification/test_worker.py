"""The worker as it runs: events from the topics, messages at the provider, one trace from end to end."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.shared.contracts.accounts import AccountCreated
from services.shared.contracts.commands import SendOneTimeCode
from services.shared.contracts.exam_results import ExamResultReady
from services.shared.platform.messaging.envelope import Message, new_message
from services.shared.platform.tracing import current_trace_id, trace
from tests.integration.notification.conftest import Installation
from tests.integration.notification.outbox import emails_to, texts_to

AURORA = UUID("0193a000-0000-7000-8000-00000000000a")
Eventually = Callable[..., Any]


class Someone:
    """A patient nobody else's test knows."""

    def __init__(self, *, sms_capable: bool = True) -> None:
        self.id, self.exam_id = uuid4(), uuid4()
        self.sms_capable = sms_capable
        self.email = f"{self.id.hex[:10]}@exemplo.example"
        self.phone = f"+55119{self.id.int % 10**8:08d}"

    def created(self, version: int = 1) -> Message:
        data = AccountCreated(
            account_id=self.id,
            version=version,
            clinic_id=AURORA,
            kind="patient",
            roles=["patient"],
            name="Ana Demonstração",
            email=self.email,
            phone=self.phone,
            sms_capable=self.sms_capable,
        )
        return self._message("account.created", "/accounts", data)

    def ready(self, report_version: int = 1) -> Message:
        data = ExamResultReady(
            exam_id=self.exam_id,
            version=6 + report_version,
            protocol="A7K2-9QXM",
            patient_id=uuid4(),
            person_id=self.id,
            requester_id=uuid4(),
            report_version=report_version,
            file_id=uuid4(),
            sha256="0" * 64,
            ready_at=datetime.now(UTC),
        )
        return self._message("exam.result.ready", "/exam-results", data)

    def code(self, code: str) -> Message:
        data = SendOneTimeCode(
            account_id=self.id,
            code=code,
            expires_at=datetime.now(UTC) + timedelta(minutes=10),
            purpose="first_access",
        )
        return self._message("notification.command.one_time_code", "/accounts", data)

    def _message(self, kind: str, source: str, data: Any) -> Message:
        return new_message(
            kind, source=source, subject=self.id, clinic_id=AURORA, time=datetime.now(UTC), data=data
        )


async def settled(installation: Installation, person: Someone, count: int) -> list[dict[str, Any]]:
    found = await installation.deliveries(person.id)
    return (
        found
        if len(found) == count and all(row["state"] not in ("queued", "sending") for row in found)
        else []
    )


async def test_a_ready_report_reaches_the_person_by_both_channels_once_in_one_trace(
    installation: Installation, eventually: Eventually
) -> None:
    ana = Someone()
    with installation.worker(), trace():
        trace_id = current_trace_id()
        ready = ana.ready()
        for message in (ready, ana.created(), ready):  # before its contact, and twice
            installation.publish(message)
        texts = await eventually(lambda: texts_to(installation.aws.url, ana.phone))
        mails = await eventually(lambda: emails_to(installation.aws.url, ana.email))
        rows = await eventually(lambda: settled(installation, ana, 2))
    assert len(texts) == len(mails) == 1
    assert texts[0]["Message"].startswith("Aurora Demo: ha um novo documento")
    assert mails[0]["Subject"] == "Novo documento disponível no portal"
    assert {row["state"] for row in rows} <= {"sent", "delivered"}
    assert {row["provider_id"] for row in rows} == {texts[0]["MessageId"], mails[0]["MessageId"]}
    sent = [
        line
        for line in map(json.loads, installation.logs.read_text().splitlines())
        if line.get("event") == "delivery.sent"
    ]
    assert {line["trace_id"] for line in sent} == {trace_id}
    assert len(sent) == 2


async def test_the_log_of_the_worker_names_nobody(installation: Installation, eventually: Eventually) -> None:
    ana = Someone()
    with installation.worker():
        for message in (ana.created(), ana.code("428913")):
            installation.publish(message)
        await eventually(lambda: settled(installation, ana, 2))
    log = installation.logs.read_text()
    for private in ("Ana", ana.email, ana.phone, "428913", "A7K2"):
        assert private not in log
    assert '"event_type":"notification.command.one_time_code"' in log


async def test_a_one_time_code_arrives_at_any_hour_and_rests_nowhere(
    installation: Installation, eventually: Eventually
) -> None:
    ana, now = Someone(), datetime.now(UTC)
    always_quiet = f"{now - timedelta(hours=4):%H:%M}-{now - timedelta(hours=2):%H:%M}"  # São Paulo is UTC-3
    with installation.worker(LAUDO_QUIET_HOURS=always_quiet):
        for message in (ana.created(), ana.code("428913"), ana.ready()):
            installation.publish(message)
        texts = await eventually(lambda: texts_to(installation.aws.url, ana.phone))
        mails = await eventually(lambda: _two(installation, ana))
    assert "428913" in texts[0]["Message"]
    assert len(texts) == 1  # the SMS about the report is held
    assert sum("428913" in mail["BodyText"] for mail in mails) == 1
    held = await installation.database["deliveries"].find_one({"person_id": ana.id, "detail": "quiet_hours"})
    assert held is not None
    assert (held["template"], held["channel"], held["state"]) == ("ready", "sms", "queued")
    for collection in await installation.database.list_collection_names():
        async for document in installation.database[collection].find():
            assert "428913" not in repr(document)


async def _two(installation: Installation, person: Someone) -> list[dict[str, Any]]:
    mails = await emails_to(installation.aws.url, person.email)
    return mails if len(mails) == 2 else []


async def test_a_lost_wake_up_store_delays_nothing_but_the_wake_up(
    installation: Installation, eventually: Eventually
) -> None:
    ana = Someone()
    with installation.worker(LAUDO_REDIS_URL="redis://127.0.0.1:9/0"):
        for message in (ana.created(), ana.ready()):
            installation.publish(message)
        rows = await eventually(lambda: settled(installation, ana, 2))
    assert {row["state"] for row in rows} <= {"sent", "delivered"}

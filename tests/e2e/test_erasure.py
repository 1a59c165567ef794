"""A patient asks to be erased: everything that no law keeps is gone from every store, in every form, and stays gone."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from infra.local.demo_client import Person, client, expect, until
from infra.local.demo_run import MainJob
from infra.local.provision.clients import AwsAccount
from services.shared.contracts.accounts import AccountUpdated, PatientRegistered
from services.shared.platform.messaging.envelope import Message, new_message
from services.shared.platform.messaging.publisher import AwsPublisher, OutboxMessage
from services.shared.platform.topology import load_topology
from tests.support.embedded import run_now
from tests.support.live import REPOSITORY, LiveSystem
from tests.support.store_search import engines_of, forms, search

TOPOLOGY = load_topology().raw
NAME, SOCIAL, MOTHER = (
    "Zarathrustina Quixabeirense",
    "Xilofonilda Quixabeirense",
    "Wandergleyda Quixabeirense",
)
CPF, CNS, EMAIL, PHONE = "39053344705", "700000000000005", "zarathrustina@quixabeira.test", "+5511987650123"
PASSWORD = "sete palavras que ninguém mais juntaria"
TEXTS = {
    "name": forms("zarathrustina"),
    "social name": forms("xilofonilda"),
    "mother's name": forms("wandergleyda"),
    "family name": forms("quixabeirense"),
    "CPF": (CPF.encode(), b"390.533.447-05"),
    "CNS": (CNS.encode(), b"700 0000 0000 0005"),
    "e-mail": forms(EMAIL),
    "phone": (PHONE.encode(), PHONE[1:].encode(), b"(11) 98765-0123"),
    "masked e-mail": forms("z***@quixabeira.test"),
    "masked phone": (b"+55*****0123",),
}


@dataclass
class Planted:
    """The patient, the job done for them, and the bytes by which the stores find or open them."""

    job: MainJob
    patient: Person
    patient_id: str
    account_id: str
    clinic_id: str
    needles: dict[str, tuple[bytes, ...]]


class JobOf(MainJob):
    """The main job for a patient of one's own."""

    planted: Person

    def _call_people(self) -> None:
        super()._call_people()
        self.patient = self.planted


@pytest.fixture(scope="module")
def http(live_system: LiveSystem) -> Iterator[httpx.Client]:
    with client(live_system.url) as opened:
        yield opened


@pytest.fixture(scope="module")
def planted(live_system: LiveSystem, http: httpx.Client) -> Planted:
    job = JobOf(http)
    job.planted = Person(http, EMAIL, PASSWORD)
    job._call_people()
    job.doctor.sign_in()
    body = {"name": NAME, "social_name": SOCIAL, "mother_name": MOTHER, "birth_date": "1971-03-29", "sex": "F",
            "cpf": CPF, "cns": CNS, "email": EMAIL, "phone": PHONE}  # fmt: skip
    made = expect(job.doctor.post("/api/v1/accounts/patients", body, key=str(uuid4())), 201)
    _choose_password(live_system, http)
    job.run()
    record = expect(job.doctor.get(f"/api/v1/accounts/patients/{made['id']}"), 200)
    me = expect(job.patient.get("/api/v1/accounts/me"), 200)
    clinic_id = me["patient_records"][0]["clinic"]["id"]
    secrets = run_now(_keys_of(live_system, UUID(made["id"]), UUID(me["id"])))
    assert record["name"] == NAME
    return Planted(job, job.patient, made["id"], me["id"], clinic_id, TEXTS | secrets)


def _choose_password(system: LiveSystem, http: httpx.Client) -> None:
    expect(http.post("/api/v1/accounts/first-access", json={"login": EMAIL}), 202)
    body = {"login": EMAIL, "code": _code(system), "password": PASSWORD}
    expect(http.post("/api/v1/accounts/first-access/completion", json=body), 204)


def _code(system: LiveSystem, but: str = "") -> str:
    def sent() -> str | None:
        texts = [each["text"] for each in system.outbox() if each["to"] == EMAIL]
        codes = [code for text in texts for code in re.findall(r"\b\d{6}\b", text)]
        return codes[0] if codes and codes[0] != but else None

    return str(until("the code", sent))


async def _keys_of(system: LiveSystem, patient_id: UUID, account_id: UUID) -> dict[str, tuple[bytes, ...]]:
    """The keyed hashes by which the person is found, and the wrapped key that opens what is sealed."""
    connection = await _database(system)
    try:
        record = await connection.fetchrow(
            """SELECT r.cpf_lookup, r.cns_lookup, r.cpf_sealed, r.private_sealed, k.wrapped
               FROM patient_records r JOIN patient_keys k ON k.patient_id = r.id WHERE r.id = $1""",
            patient_id,
        )
        logins = await connection.fetch("SELECT lookup FROM logins WHERE person_id = $1", account_id)
    finally:
        await connection.close()
    assert len(logins) == 2, "CPF and e-mail"
    return {f"look-up {number}": (bytes(row["lookup"]),) for number, row in enumerate(logins)} | {
        name: (bytes(record[name]),)
        for name in record.keys()  # noqa: SIM118 - a record's keys
    }


async def _database(system: LiveSystem) -> Any:
    address = engines_of(system.home, TOPOLOGY).postgres.admin_url.rpartition("/")[0]
    return await asyncpg.connect(f"{address}/accounts", ssl=False)


def _found(system: LiveSystem, planted: Planted) -> set[tuple[str, str]]:
    return run_now(search(system.home, TOPOLOGY, planted.needles))


def _kept_by_law(planted: Planted) -> set[tuple[str, str]]:
    """The clinical record: what the released report states, as data and as the signed PDF, and nothing else."""
    file = planted.job.file
    clinic, exam = planted.clinic_id, planted.job.exam["id"]
    signed = f"s3/laudo-reports/{clinic}/{exam}/1/final-{file['sha256']}.pdf"
    stated = ("name", "social name", "mother's name", "family name")
    return {(name, "postgresql/exam_results/reports.body") for name in stated} | {
        (name, signed) for name in (*stated, "CPF")
    }


def test_the_search_finds_what_was_planted(live_system: LiveSystem, planted: Planted) -> None:
    """A search that finds nothing proves nothing: before the erasure it finds each thing where it must be."""
    found = _found(live_system, planted)
    assert {name for name, _ in found} == set(planted.needles) - {"CNS"}, "the CNS rests sealed alone"
    draft = f"s3/laudo-reports/{planted.clinic_id}/{planted.job.exam['id']}/1/draft-"
    assert {
        ("family name", "postgresql/accounts/patient_words.word"),
        ("family name", "postgresql/accounts/accounts.name"),
        ("family name", "postgresql/exam_results/patients.search"),
        ("e-mail", "postgresql/accounts/accounts.email"),
        ("e-mail", "mongo/notification/contacts"),
        ("phone", "mongo/notification/contacts"),
        ("masked phone", "mongo/notification/deliveries"),
        ("cpf_lookup", "postgresql/accounts/patient_records.cpf_lookup"),
        ("wrapped", "postgresql/accounts/patient_keys.wrapped"),
    } <= found
    assert any(name == "CPF" and place.startswith(draft) for name, place in found)
    assert _kept_by_law(planted) <= found


@pytest.fixture(scope="module")
def receipt(live_system: LiveSystem, http: httpx.Client, planted: Planted) -> dict[str, Any]:
    """Ask, confirm, wait for the waiting period to end (it is moved here), and for every service to have done its
    part; return the receipt.
    """
    patient = planted.patient
    refused = patient.put("/api/v1/accounts/me/erasure", {})
    assert (refused.status_code, refused.json()["code"]) == (403, "accounts.step_up_required")
    used = _code(live_system)
    ticket = expect(patient.post("/api/v1/accounts/step-up/code", {}), 200)["ticket"]
    proof = {"factor": "contact_code", "code": _code(live_system, but=used), "ticket": ticket}
    patient.token = expect(patient.post("/api/v1/accounts/step-up", proof), 200)["access_token"]
    asked = expect(patient.put("/api/v1/accounts/me/erasure", {}), 200)
    assert asked["state"] == "requested"
    again = expect(patient.put("/api/v1/accounts/me/erasure", {}), 200)
    assert again == asked, "asking twice is asking once"
    until("word of the request by e-mail and SMS", lambda: _told(live_system) == {"email", "sms"})
    run_now(_end_waiting(live_system, UUID(planted.account_id)))

    def done() -> dict[str, Any] | None:
        answer = http.post("/api/v1/accounts/erasures/receipt", json={"code": asked["receipt_code"].lower()})
        found = expect(answer, 200)
        return found if found["state"] == "done" else None

    found: dict[str, Any] = until("the erasure", done)
    return found


def _told(system: LiveSystem) -> set[str]:
    sent = [each for each in system.outbox() if each["to"] in {EMAIL, PHONE}]
    return {each["kind"] for each in sent if "apagar seus dados" in each["text"]}


async def _end_waiting(system: LiveSystem, account_id: UUID) -> None:
    connection = await _database(system)
    try:
        past = "now() - interval '1 second'"
        await connection.execute(
            f"UPDATE erasure_records SET due_at = {past} WHERE person_id = $1", account_id
        )
        await connection.execute(f"UPDATE erasures SET due_at = {past} WHERE person_id = $1", account_id)
    finally:
        await connection.close()


def _settled(system: LiveSystem, planted: Planted) -> set[tuple[str, str]]:
    """Search until nothing but what the law keeps is found, or the time is over: the services take a moment each."""
    deadline = time.monotonic() + 90
    found = _found(system, planted)
    while found != _kept_by_law(planted) and time.monotonic() < deadline:
        time.sleep(1)
        found = _found(system, planted)
    return found


def test_nothing_of_the_person_is_left_but_what_the_law_keeps(
    live_system: LiveSystem, planted: Planted, receipt: dict[str, Any]
) -> None:
    assert _settled(live_system, planted) == _kept_by_law(planted)


def test_late_word_of_the_person_revives_nothing(
    live_system: LiveSystem, planted: Planted, receipt: dict[str, Any]
) -> None:
    _settled(live_system, planted)
    account = AwsAccount(
        engines_of(live_system.home, TOPOLOGY).aws.url, TOPOLOGY["region"], TOPOLOGY["account_id"]
    )
    publisher = AwsPublisher(account.client("sns"), account.client("sqs"), load_topology())
    late = _late_events(planted)
    outbox = [
        OutboxMessage(each.id, each.type, "accounts-events", each.to_json().decode(), each.traceparent)
        for each in late
    ]
    assert len(run_now(publisher.publish(outbox))) == len(late)
    until("both consumers to have seen them", lambda: _seen(live_system, late))
    assert _settled(live_system, planted) == _kept_by_law(planted)


def _late_events(planted: Planted) -> list[Message]:
    """As they were told before: of an older version, with everything in them."""
    clinic_id = UUID(planted.clinic_id)
    updated = AccountUpdated(
        version=1, account_id=UUID(planted.account_id), clinic_id=clinic_id, kind="patient", roles=["patient"],
        name=NAME, email=EMAIL, phone=PHONE, sms_capable=True,
    )  # fmt: skip
    registered = PatientRegistered(
        version=1, patient_id=UUID(planted.patient_id), person_id=UUID(planted.account_id), record_number="000999",
        name=NAME, sex="F", birth_date=datetime(1971, 3, 29, tzinfo=UTC).date(), mother_name=MOTHER,
    )  # fmt: skip
    return [
        new_message(
            kind, source="/accounts", subject=subject, clinic_id=clinic_id, time=datetime.now(UTC), data=data
        )
        for kind, subject, data in (
            ("account.updated", updated.account_id, updated),
            ("patient.registered", registered.patient_id, registered),
        )
    ]


def _seen(system: LiveSystem, messages: list[Message]) -> bool:
    ids = {str(message.id) for message in messages}
    heard = {
        (name, line["event_id"])
        for name in ("exam-results-worker", "notification-worker")
        for line in system.log(name)
        if line.get("event_id") in ids
    }
    return len(heard) == 3  # notification does not hear of records


def test_the_account_is_closed_and_the_clinic_still_has_the_clinical_record(
    http: httpx.Client, planted: Planted, receipt: dict[str, Any]
) -> None:
    job = planted.job
    until("the session's end", lambda: planted.patient.get("/api/v1/exams").status_code == 401)
    answer = http.post("/api/v1/accounts/sessions", json={"login": EMAIL, "password": PASSWORD})
    assert answer.status_code == 401
    exam = expect(job.releaser.get(job.path), 200)
    assert len(exam["results"]) == 17
    assert job._download(job.releaser, job.file["id"]) == job.pdf
    found = expect(job.doctor.get("/api/v1/accounts/patients", q="Quixabeirense"), 200)
    assert found["items"] == []
    order = {"patient_id": planted.patient_id, "code": "HEMO", "priority": "routine"}
    refused = job.doctor.post("/api/v1/exams", order, key=str(uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (409, "exam_results.patient_not_known")


def test_the_receipt_says_item_by_item_what_became_of_it(receipt: dict[str, Any]) -> None:
    outcomes = {item["name"]: (item["outcome"], item["done"]) for item in receipt["items"]}
    assert outcomes == {
        "contact": ("erased", True), "login": ("erased", True), "sessions": ("erased", True),
        "preferences": ("erased", True), "drafts": ("erased", True), "notifications": ("anonymised", True),
        "shares": ("anonymised", True), "identity": ("erased", True), "clinical_record": ("kept", True),
        "audit": ("kept", True), "consents": ("kept", True), "request": ("kept", True),
    }  # fmt: skip
    kept = [item for item in receipt["items"] if item["outcome"] == "kept"]
    assert all(item["basis"] and item["until"] for item in kept)
    assert "receipt_code" not in receipt


def test_the_audit_chains_are_whole(live_system: LiveSystem, receipt: dict[str, Any]) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "infra.local.cli", "audit", "verify", "--json"],
        cwd=REPOSITORY,
        env={"LAUDO_HOME": str(live_system.home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (outcome.returncode, outcome.stderr) == (0, ""), outcome.stdout

"""Accounts as a whole on real servers: seeding, signing in, registering, and the events that leave it."""

import asyncio
import base64
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pyotp
import pytest
import yaml

from services.accounts.bootstrap import worker
from services.accounts.bootstrap.seed import seed
from services.accounts.bootstrap.settings import Settings
from services.accounts.infrastructure.security.password_hashing import Argon2PasswordHasher
from services.shared.platform.messaging.envelope import Message, parse_message
from tests.integration.accounts.conftest import CLIENT_SECRET, DEMO
from tests.support.embedded import EmbeddedAws

PEOPLE: list[dict[str, Any]] = yaml.safe_load((DEMO / "people.yaml").read_text("utf-8"))["people"]
PREFIX = "/api/v1/accounts"


def person(role: str, clinic: int = 0) -> dict[str, Any]:
    matching = [each for each in PEOPLE if role in each["roles"]]
    return next(each for each in matching if each["clinics"][0].endswith("ab"[clinic]))


async def sign_in(http: httpx.AsyncClient, who: dict[str, Any]) -> dict[str, Any]:
    """Sign in, with the first of the three codes of now that was not used yet."""
    body = {"login": who["login"], "password": who["password"]}
    answer = await http.post(f"{PREFIX}/sessions", json=body)
    for step in (-1, 0, 1):
        if answer.status_code == 200:
            break
        code = pyotp.TOTP(who["totp_secret"]).at(int(time.time()) + 30 * step)
        answer = await http.post(f"{PREFIX}/sessions", json={**body, "code": code})
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.json()
    return session


async def bearer(http: httpx.AsyncClient, who: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {(await sign_in(http, who))['access_token']}"}


async def outbox(settings: Settings) -> list[Message]:
    relay = await asyncpg.connect(settings.relay_database_url.replace("+asyncpg", ""))
    try:
        return [
            parse_message(row["body"])
            for row in await relay.fetch("SELECT body FROM outbox ORDER BY position")
        ]
    finally:
        await relay.close()


async def _hashes_nothing(*_: object) -> str:
    raise AssertionError("a second run hashes nothing")


async def test_seeding_tells_of_everybody_once_and_a_second_run_changes_nothing(
    seeded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [(message.type, message.subject, message.clinic_id) for message in await outbox(seeded)]
    staff = [each for each in PEOPLE if each["kind"] == "staff"]
    records = [record for each in PEOPLE for record in each.get("records", ())]
    seeds = {each["id"] for each in PEOPLE} | {record["patient_id"] for record in records}
    counted = Counter(
        kind for kind, subject, _ in told if subject in seeds
    )  # other tests may have registered more
    assert counted["account.created"] == len(staff) + len(records)
    assert counted["patient.registered"] == len(records)
    professionals = {each["id"] for each in staff if {"doctor", "releaser"} & set(each["roles"])}
    assert {item[1] for item in told if item[0] == "doctor.registered"} == professionals
    monkeypatch.setattr(Argon2PasswordHasher, "hash", _hashes_nothing)
    assert await seed(seeded) == 0
    assert [(message.type, message.subject, message.clinic_id) for message in await outbox(seeded)] == told


async def test_staff_sign_in_and_find_patients_of_their_clinic_alone(http: httpx.AsyncClient) -> None:
    headers = await bearer(http, person("receptionist"))
    found = (await http.get(f"{PREFIX}/patients", params={"q": "demonstracao"}, headers=headers)).json()[
        "items"
    ]
    here = {
        record["patient_id"]
        for each in PEOPLE
        for record in each.get("records", ())
        if record["clinic"].endswith("a")
    }
    assert {item["id"] for item in found} >= here
    elsewhere = {record["patient_id"] for each in PEOPLE for record in each.get("records", ())} - here
    assert not {item["id"] for item in found} & elsewhere
    assert all(set(item) == {
        "id", "record_number", "name", "social_name", "birth_date", "sex", "cpf_masked", "email_masked", "phone_masked",
        "merged_into", "merged_records",
    } for item in found)  # fmt: skip
    for patient_id in elsewhere:
        assert (await http.get(f"{PREFIX}/patients/{patient_id}", headers=headers)).status_code == 404
    one = next(iter(here))
    assert (await http.get(f"{PREFIX}/patients/{one}", headers=headers)).json()["id"] == one


async def test_a_patient_with_records_in_two_clinics_has_one_sign_in(http: httpx.AsyncClient) -> None:
    davi = next(each for each in PEOPLE if len(each.get("records", ())) == 2)
    by_mail = await sign_in(http, davi)
    by_cpf = await sign_in(http, {**davi, "login": davi["cpf"]})
    assert by_mail["account"] == by_cpf["account"]
    assert by_mail["account"]["clinic"] is None
    me = await http.get(f"{PREFIX}/me", headers={"Authorization": f"Bearer {by_mail['access_token']}"})
    assert {record["patient_id"] for record in me.json()["patient_records"]} == {
        record["patient_id"] for record in davi["records"]
    }


async def test_registering_is_idempotent_and_tells_two_events(
    http: httpx.AsyncClient, seeded: Settings
) -> None:
    headers = {**await bearer(http, person("doctor")), "Idempotency-Key": str(uuid4())}
    body = {"name": "Íris Novais", "birth_date": "1990-05-06", "sex": "F", "cpf": "390.533.447-05",
            "email": "iris.novais@example.com", "phone": "(11) 96543-2109", "mother_name": "Alba Novais"}  # fmt: skip
    answers = await asyncio.gather(
        *(http.post(f"{PREFIX}/patients", json=body, headers=headers) for _ in range(4))
    )
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert made
    assert all(answer == made[0] for answer in made)
    replay = await http.post(f"{PREFIX}/patients", json=body, headers=headers)
    assert (replay.status_code, replay.json()) == (201, made[0])
    mine = [
        message
        for message in await outbox(seeded)
        if message.subject in (made[0]["id"], made[0]["person_id"])
    ]
    assert sorted(message.type for message in mine) == ["account.created", "patient.registered"]
    created = next(message for message in mine if message.type == "account.created").data.model_dump()
    assert (created["phone"], created["sms_capable"], created["first_access"]) == (
        "+5511965432109",
        True,
        True,
    )
    assert (
        "39053344705" not in orjson.dumps([message.data.model_dump(mode="json") for message in mine]).decode()
    )
    other = {**headers, "Idempotency-Key": str(uuid4())}
    again = await http.post(f"{PREFIX}/patients", json=body, headers=other)
    assert (again.status_code, again.json()["code"]) == (409, "accounts.patient_exists")
    assert again.json()["existing_id"] == made[0]["id"]
    there = {**await bearer(http, person("doctor", 1)), "Idempotency-Key": str(uuid4())}
    linked = (await http.post(f"{PREFIX}/patients", json=body, headers=there)).json()
    assert linked["person_id"] == made[0]["person_id"]
    assert linked["id"] != made[0]["id"]


async def test_one_cpf_registered_at_once_in_two_clinics_is_one_person(http: httpx.AsyncClient) -> None:
    callers = [await bearer(http, person("receptionist", clinic)) for clinic in (0, 1)]
    body = {"name": "Rui Paz", "birth_date": "1980-01-02", "sex": "M", "cpf": "11144477735"}
    answers = await asyncio.gather(
        *(http.post(f"{PREFIX}/patients", json=body, headers={**caller, "Idempotency-Key": str(uuid4())})
          for caller in callers)
    )  # fmt: skip
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len({answer.json()["person_id"] for answer in answers}) == 1


async def test_one_code_opens_one_of_two_simultaneous_sign_ins(http: httpx.AsyncClient) -> None:
    who = person("technician")
    body = {"login": who["login"], "password": who["password"]}
    body["code"] = pyotp.TOTP(who["totp_secret"]).at(datetime.now(UTC))
    answers = await asyncio.gather(*(http.post(f"{PREFIX}/sessions", json=body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 401} == {
        "accounts.code_used"
    }


async def test_of_two_simultaneous_refreshes_the_second_ends_the_family(http: httpx.AsyncClient) -> None:
    session = await sign_in(http, person("patient"))
    body = {"refresh_token": session["refresh_token"]}
    answers = await asyncio.gather(*(http.post(f"{PREFIX}/sessions/refresh", json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    fresh = next(answer.json()["refresh_token"] for answer in answers if answer.status_code == 200)
    ended = await http.post(f"{PREFIX}/sessions/refresh", json={"refresh_token": fresh})
    assert (ended.status_code, ended.json()["code"]) == (401, "accounts.session_ended")


async def test_failures_to_sign_in_are_the_same_answer(http: httpx.AsyncClient) -> None:
    known = person("patient")["login"]
    bodies = [
        {"login": known, "password": "wrong password"},
        {"login": "nobody@example.com", "password": "wrong password"},
        {"login": "39053344705", "password": "wrong password"},
    ]
    answers = [(await http.post(f"{PREFIX}/sessions", json=body)) for body in bodies]
    shown = [{**answer.json(), "trace_id": "", "status": answer.status_code} for answer in answers]
    assert shown[0] == shown[1] == shown[2]
    assert shown[0]["code"] == "accounts.sign_in_failed"


async def test_stepping_up_puts_the_time_into_the_token(http: httpx.AsyncClient) -> None:
    who = person("releaser", 1)
    session = await sign_in(http, who)
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    for step in (0, 1):
        code = pyotp.TOTP(who["totp_secret"]).at(int(time.time()) + 30 * step)
        answer = await http.post(f"{PREFIX}/step-up", json={"code": code}, headers=headers)
        if answer.status_code == 200:
            break
    claims = orjson.loads(_payload(answer.json()["access_token"]))
    assert abs(claims["step_up"] - time.time()) < 10
    assert claims["clinic"] == who["clinics"][0]
    assert not {"name", "email", "cpf"} & set(claims)
    signed_out = await http.delete(f"{PREFIX}/sessions/current", headers=headers)
    assert signed_out.status_code == 204
    ended = await http.post(f"{PREFIX}/sessions/refresh", json={"refresh_token": session["refresh_token"]})
    assert ended.status_code == 401


async def test_services_read_identifiers_with_their_scope_alone(http: httpx.AsyncClient) -> None:
    patient = person("patient")
    path = f"{PREFIX}/patients/{patient['records'][0]['patient_id']}/identifiers"

    async def token(client: str) -> dict[str, str]:
        answer = await http.post(
            f"{PREFIX}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, CLIENT_SECRET)
        )
        assert answer.json()["token_type"] == "Bearer"
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    read = await http.get(path, headers=await token("file-management"))
    assert read.json() == {
        "patient_id": patient["records"][0]["patient_id"],
        "cpf": patient["cpf"],
        "cns": None,
    }
    assert (await http.get(path, headers=await token("exam-results"))).status_code == 403
    assert (await http.get(path, headers=await bearer(http, person("doctor")))).status_code == 403
    wrong = await http.post(
        f"{PREFIX}/oauth/token", json={"grant_type": "client_credentials"}, auth=("file-management", "wrong")
    )
    assert wrong.status_code == 401


async def test_first_access_answers_the_same_to_everybody(http: httpx.AsyncClient, seeded: Settings) -> None:
    headers = {**await bearer(http, person("receptionist")), "Idempotency-Key": str(uuid4())}
    body = {"name": "Noé Sá", "birth_date": "1970-01-02", "sex": "M", "email": "noe@example.com"}
    made = (await http.post(f"{PREFIX}/patients", json=body, headers=headers)).json()
    answers, times = [], []
    for login in ("noe@example.com", "nobody@example.com", person("patient")["login"]):
        started = time.monotonic()
        answers.append(await http.post(f"{PREFIX}/first-access", json={"login": login}))
        times.append(time.monotonic() - started)
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert min(times) >= 0.25
    [command] = [m for m in await outbox(seeded) if m.type == "notification.command.one_time_code"]
    assert command.subject == made["person_id"]
    code = command.data.model_dump()["code"]
    done = await http.post(
        f"{PREFIX}/first-access/completion",
        json={"login": "noe@example.com", "code": code, "password": "quatro palavras bem longas"},
    )
    assert done.status_code == 204, done.text
    await sign_in(http, {"login": "noe@example.com", "password": "quatro palavras bem longas"})


async def test_every_reading_and_sign_in_left_its_audit_row(
    http: httpx.AsyncClient, seeded: Settings
) -> None:
    who = person("administrator")
    headers = await bearer(http, who)
    await http.get(
        f"{PREFIX}/patients",
        params={"q": "ana"},
        headers={**headers, "traceparent": f"00-{'a1' * 16}-{'b2' * 8}-01"},
    )
    owner = await asyncpg.connect(seeded.owner_database_url.replace("+asyncpg", ""))
    await owner.execute("CREATE POLICY test_reads ON audit FOR SELECT TO CURRENT_USER USING (true)")
    rows = await owner.fetch("SELECT * FROM audit WHERE actor_id = $1 ORDER BY at", who["id"])
    await owner.execute("DROP POLICY test_reads ON audit")
    await owner.close()
    assert [row["action"] for row in rows] == ["session.start", "patient.list"]
    assert {row["address"] for row in rows} == {"203.0.113.7"}
    assert rows[1]["trace_id"] == "a1" * 16


async def test_a_patient_sees_which_staff_opened_the_record_and_their_names_and_nobody_elses(
    http: httpx.AsyncClient, seeded: Settings
) -> None:
    technician, ana = person("technician"), person("patient")
    record = ana["records"][0]["patient_id"]
    staff = await bearer(http, technician)
    assert (await http.get(f"{PREFIX}/patients/{record}", headers=staff)).status_code == 200
    headers = await bearer(http, ana)
    log = (await http.get(f"{PREFIX}/me/accesses", headers=headers)).json()["items"]
    assert [log[0][name] for name in ("action", "actor_id", "is_own")] == [
        "patient.read",
        technician["id"],
        False,
    ]
    elsewhere = next(
        one for one in PEOPLE
        if one["kind"] == "staff" and not {item["clinic"] for item in ana["records"]} & set(one["clinics"])
    )  # fmt: skip
    asked = {"id": [technician["id"], elsewhere["id"], ana["id"]]}
    people = (await http.get(f"{PREFIX}/me/accesses/people", params=asked, headers=headers)).json()["items"]
    assert [(one["id"], one["name"]) for one in people] == [(technician["id"], technician["name"])]
    assert (await http.get(f"{PREFIX}/me/accesses", headers=staff)).status_code == 403


async def test_the_auditor_reads_the_own_clinics_audit_and_nobody_else_does(
    http: httpx.AsyncClient, seeded: Settings
) -> None:
    auditor = next(one for one in PEOPLE if "auditor" in one["roles"])
    headers = await bearer(http, auditor)
    page = (await http.get(f"{PREFIX}/audit", params={"limit": 1}, headers=headers)).json()
    assert page["items"][0]["action"] == "session.start"
    again = {"limit": 5, "cursor": page["next_cursor"] or ""}
    older = (await http.get(f"{PREFIX}/audit", params=again, headers=headers)).json()["items"]
    assert page["items"][0]["id"] not in {row["id"] for row in older}
    mine = {"actor_id": auditor["id"]}
    found = (await http.get(f"{PREFIX}/audit", params=mine, headers=headers)).json()["items"]
    assert [row["action"] for row in found][:2] == ["audit.list", "audit.list"]
    refused = await http.get(f"{PREFIX}/audit", headers=await bearer(http, person("patient")))
    assert refused.status_code == 403


async def test_the_desk_ends_a_patients_sessions_through_row_level_security(http: httpx.AsyncClient) -> None:
    """No clinic sees a session; it ends those of its own patient and of nobody else's."""
    ana = next(each for each in PEOPLE if each.get("records") and each["records"][0]["clinic"].endswith("a"))
    session = await sign_in(http, ana)
    refresh = {"refresh_token": session["refresh_token"]}
    path = f"{PREFIX}/patients/{ana['records'][0]['patient_id']}/sessions"
    elsewhere = await http.delete(path, headers=await bearer(http, person("administrator", 1)))
    assert elsewhere.status_code == 404
    fresh = await http.post(f"{PREFIX}/sessions/refresh", json=refresh)
    assert fresh.status_code == 200
    desk = await bearer(http, person("administrator"))
    assert (await http.delete(path, headers=desk)).status_code == 204
    ended = await http.post(
        f"{PREFIX}/sessions/refresh", json={"refresh_token": fresh.json()["refresh_token"]}
    )
    assert (ended.status_code, ended.json()["code"]) == (401, "accounts.session_ended")


async def test_readiness_asks_the_database(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{PREFIX}/readyz")).json() == {
        "status": "ready",
        "dependencies": {"postgresql": "up", "revocations": "up"},
    }


async def test_the_worker_publishes_to_topic_and_command_queue(
    http: httpx.AsyncClient, seeded: Settings, aws: EmbeddedAws
) -> None:
    assert (await http.get(f"{PREFIX}/healthz")).status_code == 200
    waiting = await outbox(seeded)
    assert {message.type for message in waiting} >= {"account.created", "notification.command.one_time_code"}
    loops = [asyncio.create_task(loop) for loop in await worker.start(seeded)]
    try:
        for _ in range(200):
            await asyncio.sleep(0.05)
            if not await outbox(seeded):
                break
        assert await outbox(seeded) == []
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    admin = aws.admin("sqs")
    taken = admin.receive_message(QueueUrl=aws.queue_url("notification-commands"), MaxNumberOfMessages=10)
    assert {parse_message(message["Body"]).type for message in taken["Messages"]} == {
        "notification.command.one_time_code"
    }
    taken = admin.receive_message(
        QueueUrl=aws.queue_url("exam-results-accounts"), MaxNumberOfMessages=10, WaitTimeSeconds=2
    )
    assert {parse_message(message["Body"]).source for message in taken["Messages"]} == {"/accounts"}


def _payload(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

"""The HTTP routes on in-memory adapters: who gets what, what is audited, what a link looks like."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx
import pytest

from services.file_management.application.ports import LetIn
from services.file_management.domain.proof import Proof
from services.file_management.domain.report_file import Kind, file_id
from services.file_management.interface.http.files import FileUseCases, file_routes
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import create_api
from services.shared.platform.http.callers import undeclared_routes
from tests.unit.file_management import samples
from tests.unit.file_management.world import (
    CLINIC,
    EXAM,
    OTHER_CLINIC,
    PERSON,
    REQUESTER,
    World,
    exam,
    occasion,
    principal,
)

SIGNED = file_id(EXAM, 1, Kind.SIGNED_REPORT)
DRAFT = file_id(EXAM, 1, Kind.DRAFT_REPORT)
PREFIX = "/api/v1/files"


class KnownTokens:
    """Every account's token is its id."""

    def __init__(self) -> None:
        self.people: dict[str, Principal] = {}

    def token(self, person: Principal) -> dict[str, str]:
        self.people[str(person.account_id)] = person
        return {"Authorization": f"Bearer {person.account_id}"}

    async def verify(self, token: str) -> Principal:
        return self.people[token]


@dataclass
class Desk:
    world: World
    http: httpx.AsyncClient
    tokens: KnownTokens

    async def get(self, path: str, person: Principal) -> httpx.Response:
        return await self.http.get(PREFIX + path, headers=self.tokens.token(person))


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    world, tokens = World(), KnownTokens()
    await world.render_draft.run(exam(4), 1, occasion())
    await world.sign_report.run(exam(5), 1, occasion())
    use_cases = FileUseCases(world.list_files, world.read_file, world.issue_download_link, world.check_code)
    app = create_api(
        title="t", prefix=PREFIX, routers=[file_routes(use_cases)], token_verifier=tokens, checks={}
    )
    assert list(undeclared_routes(app)) == []
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://laudo.test") as http:
        yield Desk(world, http, tokens)


async def opened(desk: Desk) -> None:
    await desk.world.open_report.run(exam(6), 1, occasion())


async def test_patient_gets_nothing_before_opening_and_the_signed_report_after(desk: Desk) -> None:
    patient = principal(Role.PATIENT, PERSON)
    assert (await desk.get(f"/?exam_id={EXAM}", patient)).json() == {"items": [], "next_cursor": None}
    assert (await desk.get(f"/{SIGNED}/download", patient)).status_code == 404
    await opened(desk)
    (item,) = (await desk.get(f"/?exam_id={EXAM}", patient)).json()["items"]
    assert item["id"] == str(SIGNED)
    assert item["status"] == "opened"
    assert item["file_name"] == f"laudo-{samples.PROTOCOL}-v1.pdf"
    assert item["replaced"] is False
    answer = await desk.get(f"/{SIGNED}/download", patient)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"memory://objects/{CLINIC}/{EXAM}/1/final-")
    assert answer.headers["cache-control"].startswith("private")


async def test_link_comes_as_json_on_request(desk: Desk) -> None:
    answer = await desk.get(f"/{SIGNED}/download?as=json", principal(Role.RELEASER))
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 60
    assert answer.json()["file_name"] == f"laudo-{samples.PROTOCOL}-v1.pdf"


@pytest.mark.parametrize(
    "stranger",
    [
        principal(Role.PATIENT),
        principal(Role.DOCTOR),
        principal(Role.TECHNICIAN, clinic=OTHER_CLINIC),
        principal(Role.RELEASER, clinic=OTHER_CLINIC),
        principal(Role.DOCTOR, REQUESTER, OTHER_CLINIC),
    ],
)
async def test_strangers_get_404_and_an_empty_list_as_for_an_exam_that_does_not_exist(
    desk: Desk, stranger: Principal
) -> None:
    await opened(desk)
    unknown = await desk.get(f"/{new_id()}", stranger)
    for path in (f"/{SIGNED}", f"/{SIGNED}/download", f"/{DRAFT}", f"/{DRAFT}/download"):
        answer = await desk.get(path, stranger)
        assert answer.status_code == 404
        assert answer.json()["code"] == unknown.json()["code"] == "files.not_found"
    assert (await desk.get(f"/?exam_id={EXAM}", stranger)).json()["items"] == []
    assert desk.world.audit.entries == []


@pytest.mark.parametrize("role", [Role.RECEPTIONIST, Role.ADMINISTRATOR, Role.AUDITOR, Role.SERVICE])
async def test_roles_that_see_no_values_get_403(desk: Desk, role: Role) -> None:
    for path in (f"/?exam_id={EXAM}", f"/{SIGNED}", f"/{SIGNED}/download"):
        assert (await desk.get(path, principal(role))).status_code == 403


async def test_nobody_without_a_token(desk: Desk) -> None:
    assert (await desk.http.get(f"{PREFIX}/{SIGNED}/download")).status_code == 401


async def test_technician_sees_the_draft_and_the_requester_only_the_signed_report(desk: Desk) -> None:
    async def seen(person: Principal) -> list[str]:
        return [item["kind"] for item in (await desk.get(f"/?exam_id={EXAM}", person)).json()["items"]]

    assert await seen(principal(Role.TECHNICIAN)) == ["signed_report", "draft_report"]
    assert await seen(principal(Role.DOCTOR, REQUESTER)) == ["signed_report"]


async def test_every_read_leaves_one_audit_row_with_who_what_and_where(desk: Desk) -> None:
    technician = principal(Role.TECHNICIAN)
    for path in (f"/?exam_id={EXAM}", f"/{SIGNED}", f"/{SIGNED}/download"):
        await desk.get(path, technician)
    entries = desk.world.audit.entries
    assert [entry.action for entry in entries] == ["file.list", "file.read", "file.link_issued"]
    assert {entry.actor_id for entry in entries} == {technician.account_id}
    assert {entry.clinic_id for entry in entries} == {CLINIC}
    assert {entry.patient_id for entry in entries} == {UUID(samples.PATIENT_ID)}
    assert entries[2].resource == f"file/{SIGNED}"
    assert all(entry.trace_id for entry in entries)


async def test_no_link_without_its_audit_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(desk.world.audit, "record", fail)
    answer = await desk.get(f"/{SIGNED}/download", principal(Role.RELEASER))
    assert answer.status_code == 500
    assert "location" not in answer.headers


@pytest.mark.parametrize("path", ["/not-an-id", "/not-an-id/download"])
async def test_an_id_that_is_no_id_is_not_found(desk: Desk, path: str) -> None:
    assert (await desk.get(path, principal(Role.RELEASER))).status_code == 404


async def test_a_list_without_an_exam_is_refused(desk: Desk) -> None:
    assert (await desk.get("/", principal(Role.RELEASER))).status_code == 422


UNKNOWN = {"outcome": "unknown", "report_version": None, "sha256": None, "signed_at": None, "signer": None}


async def check(desk: Desk, code: str) -> dict[str, object]:
    """Ask as a stranger: no token."""
    answer = await desk.http.get(f"{PREFIX}/verification/{code}")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["cache-control"]
    return dict(answer.json())


async def code_of(desk: Desk, version: int) -> str:
    file = await desk.world.folders.file(file_id(EXAM, version, Kind.SIGNED_REPORT))
    assert file is not None
    assert file.verification_code is not None
    return file.verification_code


async def test_a_printed_code_is_valid_once_opened_and_tells_nothing_of_the_person(desk: Desk) -> None:
    code = await code_of(desk, 1)
    assert await check(desk, code) == UNKNOWN
    await opened(desk)
    file = await desk.world.folders.file(SIGNED)
    assert file is not None
    told = await check(desk, code)
    assert datetime.fromisoformat(str(told.pop("signed_at"))) == file.created_at
    assert told == {
        "outcome": "valid",
        "report_version": 1,
        "sha256": file.sha256,
        "signer": "Laboratório Aurora",
    }
    assert desk.world.audit.entries == []


async def test_a_code_is_replaced_when_the_next_version_opens_and_not_before(desk: Desk) -> None:
    await opened(desk)
    await desk.world.sign_report.run(exam(7), 2, occasion())
    first, second = await code_of(desk, 1), await code_of(desk, 2)
    assert (await check(desk, first))["outcome"] == "valid"
    assert await check(desk, second) == UNKNOWN
    await desk.world.open_report.run(exam(8), 2, occasion())
    assert (await check(desk, first))["outcome"] == "replaced"
    assert (await check(desk, second))["outcome"] == "valid"


async def test_a_code_holds_when_the_patients_account_is_gone(desk: Desk) -> None:
    await opened(desk)
    before = await check(desk, await code_of(desk, 1))
    await desk.world.close_access.run(PERSON)
    assert await check(desk, await code_of(desk, 1)) == before


@pytest.mark.parametrize("code", ["download", "0000-0000-0000-0000", "%20", "x" * 300, "7K2M", "%C3%A7"])
async def test_what_is_no_code_of_ours_is_unknown_in_the_same_shape_after_one_read(
    desk: Desk, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    proof = desk.world.folders.proof

    async def counted(asked: str) -> Proof | None:
        reads.append(asked)
        return await proof(asked)

    monkeypatch.setattr(desk.world.folders, "proof", counted)
    assert await check(desk, code) == UNKNOWN
    assert len(reads) == 1


async def test_a_relation_lets_a_doctor_in_and_the_audit_says_for_what(desk: Desk) -> None:
    await opened(desk)
    doctor = principal(Role.DOCTOR, clinic=OTHER_CLINIC)
    assert (await desk.get(f"/{SIGNED}/download", doctor)).status_code == 404
    authorization = f"Bearer {doctor.account_id}"
    desk.world.relations.known[authorization, EXAM] = LetIn("shared", step_up_needed=False)
    assert (await desk.get(f"/{SIGNED}/download", doctor)).status_code == 302
    assert desk.world.audit.entries[-1].purpose == "shared"
    assert (await desk.get(f"/{DRAFT}/download", doctor)).status_code == 404
    (item,) = (await desk.get(f"/?exam_id={EXAM}", doctor)).json()["items"]
    assert item["id"] == str(SIGNED)
    desk.world.relations.known[authorization, EXAM] = LetIn("shared", step_up_needed=True)
    answer = await desk.get(f"/{SIGNED}/download", doctor)
    assert (answer.status_code, answer.json()["code"]) == (403, "files.step_up_required")


async def test_those_who_need_no_relation_cost_no_question(desk: Desk) -> None:
    await opened(desk)
    for caller in (
        principal(Role.PATIENT, PERSON),
        principal(Role.DOCTOR, REQUESTER),
        principal(Role.RELEASER),
    ):
        assert (await desk.get(f"/{SIGNED}/download", caller)).status_code == 302
    stranger = principal(Role.TECHNICIAN, clinic=OTHER_CLINIC)
    assert (await desk.get(f"/{SIGNED}/download", stranger)).status_code == 404
    assert desk.world.relations.asked == 0

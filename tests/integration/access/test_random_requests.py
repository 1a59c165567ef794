"""10,000 random requests by random callers against random exams and files: nobody reads another patient's data.

Through the routes of both services as they are, on a real PostgreSQL and DynamoDB; judged by the oracle that was
written without the policy. `LAUDO_REQUESTS` and `LAUDO_SEED` ask for more, and for the same again.
"""

import asyncio
import os
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.exam_results.interface.http.bench import bench_router
from services.exam_results.interface.http.desk import build_desk
from services.exam_results.interface.http.orders import orders_router
from services.exam_results.interface.http.relations import relations_router
from services.exam_results.interface.http.reports import reports_router
from services.file_management.application.commands.issue_download_link import IssueDownloadLink
from services.file_management.application.queries.check_code import CheckCode
from services.file_management.application.queries.list_files import ListFiles
from services.file_management.application.queries.read_file import ReadFile
from services.file_management.infrastructure.announcements import announce
from services.file_management.infrastructure.dynamodb.audit import DynamoAuditTrail
from services.file_management.infrastructure.dynamodb.files import DynamoFiles
from services.file_management.infrastructure.dynamodb.folders import DynamoFolders
from services.file_management.infrastructure.dynamodb.outbox import DynamoOutbox
from services.file_management.infrastructure.dynamodb.proofs import DynamoProofs
from services.file_management.infrastructure.dynamodb.table import Table, TableAddress, connect_table
from services.file_management.infrastructure.in_memory.edges import InMemoryLinks
from services.file_management.infrastructure.services.relations import HttpRelations
from services.file_management.interface.http.files import FileUseCases, file_routes
from services.shared.kernel.access import Facts
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.kernel.relations import Kind, Relation
from services.shared.platform.auth import TOKEN_INVALID
from services.shared.platform.http.api import create_api
from tests.integration.access.world import CLOCK, Known, World, build_world
from tests.integration.exam_results.conftest import exam_results_urls, installation  # noqa: F401
from tests.integration.exam_results.database import Installation
from tests.unit.access.oracle import Expected, expected
from tests.unit.exam_results.samples import CATALOGUE, LIFECYCLE

REQUESTS = int(os.environ.get("LAUDO_REQUESTS", "10000"))
SEED = int(os.environ.get("LAUDO_SEED", "0")) or secrets.randbelow(1 << 32)
_AT_ONCE = 8
EXAMS, FILES = "/api/v1/exams", "/api/v1/files"


class ByPosition:
    """A caller's token is its place among the callers."""

    def __init__(self) -> None:
        self.world: World | None = None

    async def verify(self, token: str) -> Principal:
        if self.world is None or not token.isdecimal():
            raise TOKEN_INVALID.error()
        return self.world.callers[int(token)]


@dataclass
class Installed:
    world: World
    exams: httpx.AsyncClient
    files: httpx.AsyncClient
    chance: random.Random
    seen: Counter[str] = field(default_factory=Counter)


@pytest.fixture
def table(aws: Any) -> Table:
    mine = aws.credentials["file-management"]
    address = TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    return connect_table(address)


def _client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.fixture
async def installed(installation: Installation, table: Table) -> AsyncIterator[Installed]:  # noqa: F811
    chance, clock, tokens = random.Random(SEED), FixedClock(CLOCK), ByPosition()
    exam_app = create_api(
        title="exams",
        prefix=EXAMS,
        routers=[relations_router(), orders_router(CATALOGUE), bench_router(), reports_router()],
        token_verifier=tokens,
        checks={},
    )
    exam_app.state.desk = build_desk(installation.transactions, CATALOGUE, LIFECYCLE, clock)
    folders = DynamoFolders(table, announce, DynamoOutbox(table, "t").row, lambda _: None)
    files, audit = DynamoFiles(table), DynamoAuditTrail(table)
    async with _client(exam_app) as exams:
        relations = HttpRelations(exams, "http://test")
        use_cases = FileUseCases(
            ListFiles(files, audit, clock, relations),
            ReadFile(files, audit, clock, relations),
            IssueDownloadLink(files, audit, InMemoryLinks(), clock, relations),
            CheckCode(DynamoProofs(table)),
        )
        file_app = create_api(
            title="files",
            prefix=FILES,
            routers=[file_routes(use_cases)],
            token_verifier=tokens,
            checks={},
        )
        tokens.world = await build_world(installation, folders, chance)
        async with _client(file_app) as documents:
            yield Installed(tokens.world, exams, documents, chance)


async def test_nobody_reads_what_the_matrix_does_not_give(installed: Installed) -> None:
    waiting = iter(range(REQUESTS))

    async def ask() -> None:
        for _ in waiting:
            await one_request(installed)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(ask())
    except* AssertionError as wrong:
        raise AssertionError(f"seed {SEED}: {wrong.exceptions[0]}") from None
    every = {"own", "ordered", "bench", "desk", "emergency", "shared", "guardian", "granted"}
    assert {name for name in every if not installed.seen[name]} == set(), (
        "a way that nobody went proves nothing"
    )


async def one_request(at: Installed) -> None:
    chance = at.chance
    position = chance.randrange(len(at.world.callers))
    caller, exam = at.world.callers[position], chance.choice(at.world.exams)
    if chance.random() < 0.5:  # strangers meet by themselves; make acquaintances meet as well
        exam = _acquainted(at, caller) or exam
    headers = {"Authorization": f"Bearer {position}"}
    choice = chance.random()
    if choice < 0.35:
        await _read_one(at, caller, exam, headers)
    elif choice < 0.60:
        await _read_list(at, caller, exam, headers)
    elif choice < 0.72:
        await _read_file(at, caller, exam, headers)
    elif choice < 0.80:
        await _ask_for_the_rest(at, caller, exam, headers)
    else:
        await _write(at, caller, exam, headers)


def _acquainted(at: Installed, caller: Principal) -> Known | None:
    known = at.world.found_by(caller)
    return at.chance.choice(known) if known else None


def _how(at: Installed, caller: Principal, exam: Known) -> dict[str, str]:
    """How the request asks; half of the time so that it leads somewhere, where anything does."""
    ways: list[dict[str, str]] = [{}, {"person_id": str(exam.facts.person_id)}, {"way": "emergency"}]
    leading = [how for how in ways if by(at.world, caller, exam, how).find]
    if leading and at.chance.random() < 0.5:
        return at.chance.choice(leading)
    return at.chance.choice([*ways, {"person_id": str(new_id())}])


async def _read_one(at: Installed, caller: Principal, exam: Known, headers: dict[str, str]) -> None:
    how = _how(at, caller, exam)
    answer = await at.exams.get(f"{EXAMS}/{exam.facts.exam_id}", params=how, headers=headers)
    wanted = by(at.world, caller, exam, how)
    what = (caller, exam, how, answer.status_code)
    _check_marks(at.world, caller, answer)
    if answer.status_code != 200:
        assert answer.status_code in {403, 404}, what
        assert not wanted.find or len(caller.roles) > 1, what
        return
    assert wanted.find, what
    body = answer.json()
    has_values = any(result["value"] is not None for result in body["results"])
    assert not has_values or wanted.values, what
    if exam.facts.signed and len(caller.roles) == 1:
        assert has_values is wanted.values, what
    assert wanted.act or not body["actions"], what
    at.seen[_way(caller, exam, how, at.world.relations_of(caller))] += has_values or caller.has(
        Role.RECEPTIONIST
    )


async def _read_list(at: Installed, caller: Principal, exam: Known, headers: dict[str, str]) -> None:
    how = _how(at, caller, exam)
    params = {**how, "limit": "100"}
    if at.chance.random() < 0.5 or "way" in how:
        params["patient_id"] = str(exam.patient_id)
    answer = await at.exams.get(EXAMS, params=params, headers=headers)
    _check_marks(at.world, caller, answer)
    if answer.status_code != 200:
        assert answer.status_code in {403, 404}, (caller, params, answer.status_code)
        return
    known = {str(each.facts.exam_id): each for each in at.world.exams}
    for item in answer.json()["items"]:
        wanted = by(at.world, caller, known[item["id"]], how)
        assert wanted.find, (caller, params, known[item["id"]])
        assert item["flagged"] is None or wanted.values, (caller, params, known[item["id"]])


async def _read_file(at: Installed, caller: Principal, exam: Known, headers: dict[str, str]) -> None:
    file = at.chance.choice([exam.signed_file, exam.signed_file, exam.draft_file])
    path = at.chance.choice([f"/{file}/download?as=json", f"/{file}", f"?exam_id={exam.facts.exam_id}"])
    answer = await at.files.get(FILES + path, headers=headers)
    wanted = expected(caller, exam.facts, at.world.relations_of(caller), CLOCK)
    reads_drafts = caller.has(Role.TECHNICIAN, Role.RELEASER) and wanted.find
    what = (caller, exam, path, answer.status_code)
    if answer.status_code != 200:
        assert answer.status_code in {403, 404}, what
    elif "download" in path:
        assert reads_drafts if file == exam.draft_file else wanted.download, what
        at.seen["download"] += 1
    elif answer.json().get("items") != []:
        assert wanted.find, what
        kinds = {item["kind"] for item in answer.json().get("items", [answer.json()])}
        assert reads_drafts or kinds == {"signed_report"}, what


async def _ask_for_the_rest(at: Installed, caller: Principal, exam: Known, headers: dict[str, str]) -> None:
    """Lists of relations, the renderer's snapshot, and the question that the files are decided by."""
    exam_id, person_id = exam.facts.exam_id, exam.facts.person_id
    path = at.chance.choice(
        [
            "/relations",
            "/shares",
            "/emergency-accesses",
            f"/{exam_id}/reports/1/snapshot",
            f"/{exam_id}/access?person_id={person_id}",
        ]
    )
    answer = await at.exams.get(EXAMS + path, headers=headers)
    what = (caller, exam, path, answer.status_code)
    if path == "/emergency-accesses" and answer.status_code == 200:
        assert caller.roles == {Role.AUDITOR}, what
        clinics = {item["clinic"]["id"] for item in answer.json()["items"]}
        assert clinics <= {str(caller.clinic_id)}, what
        return
    _check_marks(at.world, caller, answer)
    if "snapshot" in path:
        assert answer.status_code in {401, 403, 404}, what
    if "access" in path and answer.status_code == 200:
        said = answer.json()
        assert (
            expected(caller, exam.facts, at.world.relations_of(caller), CLOCK).download
            or said["step_up_needed"]
        ), what
    if path == "/relations" and answer.status_code == 200:
        persons = {item["person_id"] for item in answer.json()["items"]}
        assert persons <= {str(caller.account_id)}, what


async def _write(at: Installed, caller: Principal, exam: Known, headers: dict[str, str]) -> None:
    path, method, body = at.chance.choice(
        [
            ("cancellation", "POST", {"reason": "engano no pedido"}),
            ("schedule", "POST", {"scheduled_at": (CLOCK + timedelta(days=2)).isoformat()}),
            ("recollection", "POST", {"reason": "amostra insuficiente"}),
            ("return", "POST", {"reason": "conferir"}),
            ("analysis", "POST", {}),
            ("results", "PUT", {"version": 3, "values": [{"code": "RBC", "value": "4,5"}]}),
            ("release", "POST", {"version": 5}),
        ]
    )
    url = f"{EXAMS}/{exam.facts.exam_id}/{path}"
    answer = await at.exams.request(method, url, json=body, headers=headers)
    _check_marks(at.world, caller, answer)
    what = (caller, exam, path, answer.status_code)
    assert answer.status_code < 500, what
    wanted = expected(caller, exam.facts, at.world.relations_of(caller), CLOCK)
    if not wanted.act:  # not even whether the exam exists, nor in which state it is
        assert answer.status_code in {403, 404}, what
    at.seen["written"] += answer.status_code == 200


def by(world: World, caller: Principal, exam: Known, how: dict[str, str]) -> Expected:
    """What the matrix gives along the way the request names: no relation helps where none was named."""
    if not how:
        return expected(caller, exam.facts, [], CLOCK)
    if exam.facts.person_id == caller.account_id:
        return expected(replace(caller, account_id=UUID(int=0)), exam.facts, [], CLOCK)
    kinds = {Kind.EMERGENCY} if "way" in how else set(Kind) - {Kind.EMERGENCY}
    person = how.get("person_id", str(exam.facts.person_id))
    relations = [
        each for each in world.relations_of(caller) if each.kind in kinds and str(each.person_id) == person
    ]
    return expected(_untied(caller), _untie(exam, caller), relations, CLOCK)


def _untied(caller: Principal) -> Principal:
    """The caller with the roles that a relation can help."""
    return replace(caller, roles=caller.roles & {Role.PATIENT, Role.DOCTOR})


def _untie(exam: Known, caller: Principal) -> Facts:
    facts = exam.facts
    return replace(facts, requester_id=UUID(int=0)) if facts.requester_id == caller.account_id else facts


def _check_marks(world: World, caller: Principal, answer: httpx.Response) -> None:
    """No patient is named to whoever may find none of the patient's exams."""
    for mark, person in world.marks.items():
        if mark in answer.text:
            persons = {exam.facts.person_id for exam in world.found_by(caller)}
            assert person in persons, (caller, mark, answer.request.url)


def _way(caller: Principal, exam: Known, how: dict[str, str], relations: list[Relation]) -> str:
    if "way" in how:
        return "emergency"
    if not how:
        named = {Role.PATIENT: "own", Role.DOCTOR: "ordered", Role.RECEPTIONIST: "desk"}
        return next((name for role, name in named.items() if caller.has(role)), "bench")
    for each in relations:
        if each.reader_id == caller.account_id and each.person_id == exam.facts.person_id:
            lasting = by_one(caller, exam, each)
            if lasting and each.kind is not Kind.EMERGENCY:
                return each.kind.value
    return "none"


def by_one(caller: Principal, exam: Known, relation: Relation) -> bool:
    return expected(_untied(caller), _untie(exam, caller), [relation], CLOCK).values

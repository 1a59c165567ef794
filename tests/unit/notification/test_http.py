"""Who may read what over HTTP, and that every read is on the audit log."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.notification.interface.http.routes import router
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.auth import TOKEN_INVALID
from services.shared.platform.http.api import create_api
from services.shared.platform.http.callers import undeclared_routes
from tests.unit.notification.world import (
    ANA,
    CLINIC,
    EXAM,
    OTHER_CLINIC,
    World,
    account_created,
    result_ready,
)

PREFIX = "/api/v1/notifications"
BRUNO = UUID("0193a000-0000-7000-8000-000000000202")
CALLERS = {
    "ana": Principal(ANA, frozenset({Role.PATIENT})),
    "bruno": Principal(BRUNO, frozenset({Role.PATIENT})),
    "reception": Principal(new_id(), frozenset({Role.RECEPTIONIST}), CLINIC),
    "administrator": Principal(new_id(), frozenset({Role.ADMINISTRATOR}), CLINIC),
    "bench elsewhere": Principal(new_id(), frozenset({Role.RELEASER}), OTHER_CLINIC),
    "elsewhere": Principal(new_id(), frozenset({Role.ADMINISTRATOR}), OTHER_CLINIC),
    **{
        role.value: Principal(new_id(), frozenset({role}), CLINIC)
        for role in (
            Role.DOCTOR,
            Role.TECHNICIAN,
            Role.RELEASER,
            Role.AUDITOR,
            Role.INTEGRATION,
            Role.SERVICE,
        )
    },
}


class NamedTokens:
    async def verify(self, token: str) -> Principal:
        if token not in CALLERS:
            raise TOKEN_INVALID.error()
        return CALLERS[token]


async def mongo_is_up() -> None:
    return None


@pytest.fixture
async def told(world: World) -> World:
    await world.hear(account_created(), result_ready(7))
    await world.send_all()
    return world


@pytest.fixture
def app(told: World) -> FastAPI:
    api = create_api(
        title="t",
        prefix=PREFIX,
        routers=[router],
        token_verifier=NamedTokens(),
        checks={"mongo": mongo_is_up},
    )
    api.state.readers = told.readers
    return api


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


def as_(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def test_every_route_states_who_may_call_it(app: FastAPI) -> None:
    assert list(undeclared_routes(app)) == []


async def test_a_patient_sees_her_own_messages_masked_and_without_text(
    client: httpx.AsyncClient, told: World
) -> None:
    answer = await client.get(f"{PREFIX}/", headers=as_("ana"))
    items = answer.json()["items"]
    assert {(item["template"], item["channel"], item["state"]) for item in items} == {
        ("ready", "email", "sent"),
        ("ready", "sms", "sent"),
    }
    assert {item["exam_id"] for item in items} == {str(EXAM)}
    assert {item["address_masked"] for item in items} == {"a***@exemplo.example", "+55*****0201"}
    assert "Olá" not in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert [(entry.action, entry.actor_id) for entry in told.audit.entries] == [("notification.list", ANA)]


@pytest.mark.parametrize("name", ["reception", "administrator"])
async def test_administrator_and_receptionist_see_their_clinics_log(
    client: httpx.AsyncClient, told: World, name: str
) -> None:
    answer = await client.get(f"{PREFIX}/", headers=as_(name))
    assert len(answer.json()["items"]) == 2
    assert told.audit.entries[0].clinic_id == CLINIC


async def test_another_clinics_staff_and_another_patient_see_nothing(client: httpx.AsyncClient) -> None:
    for name in ("elsewhere", "bruno"):
        answer = await client.get(f"{PREFIX}/", headers=as_(name))
        assert answer.json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("name", ["technician", "releaser"])
async def test_who_works_on_an_exam_sees_whether_its_patient_was_told(
    client: httpx.AsyncClient, told: World, name: str
) -> None:
    answer = await client.get(PREFIX, params={"exam_id": str(EXAM)}, headers=as_(name))
    assert len(answer.json()["items"]) == 2
    assert [(entry.purpose, entry.clinic_id) for entry in told.audit.entries] == [("operations", CLINIC)]


async def test_an_exam_of_another_clinic_tells_its_bench_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.get(PREFIX, params={"exam_id": str(EXAM)}, headers=as_("bench elsewhere"))
    assert answer.json()["items"] == []


@pytest.mark.parametrize("name", ["doctor", "technician", "releaser", "auditor", "integration", "service"])
async def test_other_roles_are_refused_everywhere(client: httpx.AsyncClient, told: World, name: str) -> None:
    for path in ("/", f"/{told.log[0].id}", "/preferences"):
        assert (await client.get(PREFIX + path, headers=as_(name))).status_code == 403
    assert told.audit.entries == []


async def test_a_stranger_must_sign_in(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{PREFIX}/")).status_code == 401
    assert (await client.get(f"{PREFIX}/", headers=as_("nobody"))).status_code == 401


async def test_one_message_is_found_by_its_person_and_its_clinic_only(
    client: httpx.AsyncClient, told: World
) -> None:
    path = f"{PREFIX}/{told.log[0].id}"
    for name in ("ana", "reception"):
        answer = await client.get(path, headers=as_(name))
        assert (answer.status_code, answer.json()["id"]) == (200, str(told.log[0].id))
    for name in ("bruno", "elsewhere"):
        answer = await client.get(path, headers=as_(name))
        assert (answer.status_code, answer.json()["code"]) == (404, "notification.not_found")
    assert (await client.get(f"{PREFIX}/{uuid4()}", headers=as_("ana"))).status_code == 404
    assert (await client.get(f"{PREFIX}/no-id", headers=as_("ana"))).status_code == 404
    assert [entry.action for entry in told.audit.entries] == ["notification.read"] * 2


async def test_an_exams_messages_can_be_asked_for(client: httpx.AsyncClient) -> None:
    mine = await client.get(f"{PREFIX}/", params={"exam_id": str(EXAM)}, headers=as_("ana"))
    other = await client.get(f"{PREFIX}/", params={"exam_id": str(uuid4())}, headers=as_("ana"))
    assert (len(mine.json()["items"]), len(other.json()["items"])) == (2, 0)


async def test_pages_follow_each_other_without_gap_or_repeat(client: httpx.AsyncClient, told: World) -> None:
    for version in range(2, 6):
        told.clock.advance(timedelta(seconds=1))
        await told.hear(result_ready(version + 6, report_version=version))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(f"{PREFIX}/", params=params, headers=as_("ana"))).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 10


@pytest.mark.parametrize("cursor", ["x", "WyJhIiwiYiJd", "WyJhIl0"])
async def test_a_cursor_of_another_make_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    answer = await client.get(f"{PREFIX}/", params={"cursor": cursor}, headers=as_("ana"))
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


async def test_a_held_message_shows_when_it_will_go(client: httpx.AsyncClient, told: World) -> None:
    told.clock.advance(timedelta(hours=10))
    await told.hear(result_ready(9, report_version=2))
    items = (await client.get(f"{PREFIX}/", headers=as_("ana"))).json()["items"]
    held = next(item for item in items if item["state"] == "queued" and item["channel"] == "sms")
    assert (held["not_before"], held["detail"]) == ("2026-11-24T11:00:00+00:00", "quiet_hours")


async def test_a_person_chooses_her_own_channels(client: httpx.AsyncClient, told: World) -> None:
    path = f"{PREFIX}/preferences"
    assert (await client.get(path, headers=as_("ana"))).json() == {"email": True, "sms": True}
    chosen = await client.put(path, headers=as_("ana"), json={"email": True, "sms": False})
    assert chosen.json() == {"email": True, "sms": False}
    assert (await client.get(path, headers=as_("ana"))).json() == {"email": True, "sms": False}
    assert (await client.get(path, headers=as_("bruno"))).json() == {"email": True, "sms": True}
    assert [entry.action for entry in told.audit.entries] == ["notification.preferences_chosen"]


@pytest.mark.parametrize(
    "body", [{"email": True}, {"email": "yes", "sms": True}, {"email": 1, "sms": 1, "x": 1}]
)
async def test_preferences_that_are_no_clear_choice_are_refused(
    client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    answer = await client.put(f"{PREFIX}/preferences", headers=as_("ana"), json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_no_audit_no_answer(client: httpx.AsyncClient, told: World) -> None:
    async def full_disk(_: object) -> None:
        raise OSError

    told.audit.record = full_disk  # type: ignore[assignment,method-assign]
    for path in ("/", f"/{told.log[0].id}"):
        assert (await client.get(PREFIX + path, headers=as_("ana"))).status_code == 500

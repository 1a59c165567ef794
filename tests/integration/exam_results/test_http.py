"""The API on real PostgreSQL, with tokens of our own making."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.exam_results.interface.http.bench import bench_router
from services.exam_results.interface.http.desk import build_desk
from services.exam_results.interface.http.orders import orders_router
from services.exam_results.interface.http.reports import reports_router
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.auth import TOKEN_INVALID
from services.shared.platform.http.api import create_api
from services.shared.platform.http.callers import undeclared_routes
from tests.integration.exam_results.database import Installation
from tests.unit.exam_results.samples import BLOOD_COUNT, CATALOGUE, LIFECYCLE, Clinic, Job, typed

PREFIX = "/api/v1/exams"


class Tokens:
    """A verifier that knows the tokens handed out by `of`."""

    def __init__(self) -> None:
        self.known: dict[str, Principal] = {}

    def of(self, principal: Principal) -> dict[str, str]:
        token = str(new_id())
        self.known[token] = principal
        return {"Authorization": f"Bearer {token}"}

    async def verify(self, token: str) -> Principal:
        if token not in self.known:
            raise TOKEN_INVALID.error()
        return self.known[token]


@dataclass
class Api:
    app: FastAPI
    client: httpx.AsyncClient
    tokens: Tokens
    clinic: Clinic

    async def call(
        self, who: Principal, method: str, path: str, json: Any = None, **headers: str
    ) -> httpx.Response:
        return await self.client.request(
            method, f"{PREFIX}{path}", json=json, headers={**self.tokens.of(who), **headers}
        )

    async def order(self, json: dict[str, Any], key: str | None = None, who: Principal | None = None) -> Any:
        headers = {"Idempotency-Key": key or str(new_id())}
        return await self.call(who or self.doctor, "POST", "", json, **headers)

    @property
    def doctor(self) -> Principal:
        return self.clinic.doctor.principal

    @property
    def technician(self) -> Principal:
        return self.clinic.technician.principal

    @property
    def releaser(self) -> Principal:
        return replace(self.clinic.releaser.principal, step_up_at=datetime.now(UTC))

    @property
    def patient(self) -> Principal:
        return self.clinic.patient.principal

    async def registered(self, code: str = "HEMO") -> str:
        answer = await self.order({"patient_id": str(self.clinic.patient_id), "code": code})
        assert answer.status_code == 201, answer.text
        exam_id: str = answer.json()["id"]
        return exam_id

    async def in_analysis(self, code: str = "HEMO") -> str:
        exam_id = await self.registered(code)
        collection = {
            "barcode": f"B{exam_id[-12:]}",
            "collected_at": datetime.now(UTC).isoformat(),
            "patient_identified_by": ["name", "birth_date"],
        }
        answer = await self.call(self.technician, "POST", f"/{exam_id}/collection", collection)
        assert answer.status_code == 200, answer.text
        answer = await self.call(self.technician, "POST", f"/{exam_id}/analysis", {})
        assert answer.status_code == 200, answer.text
        return exam_id


@pytest.fixture
async def api(installation: Installation, clinic: Clinic) -> AsyncIterator[Api]:
    tokens = Tokens()
    app = create_api(
        title="test",
        prefix=PREFIX,
        routers=[orders_router(CATALOGUE), bench_router(), reports_router()],
        token_verifier=tokens,
        checks={"postgresql": installation.database.ping},
    )
    app.state.desk = build_desk(installation.transactions, CATALOGUE, LIFECYCLE, SystemClock())
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Api(app, client, tokens, clinic)


def values(changes: dict[str, str] | None = None) -> list[dict[str, str | None]]:
    return [
        {"code": each.code, "value": each.value, "unit": each.unit}
        for each in typed({**BLOOD_COUNT, **(changes or {})})
    ]


async def test_the_job_over_http(api: Api, installation: Installation) -> None:
    exam_id = await api.in_analysis()
    entered = await api.call(
        api.technician, "PUT", f"/{exam_id}/results", {"version": 3, "values": values({"HGB": "6,5"})}
    )
    assert entered.status_code == 200, entered.text
    body = entered.json()
    assert (body["version"], body["criticals"], body["warnings"]) == (4, ["HGB"], [])
    assert body["results"][1]["flag"] == "LL"
    refused = await api.call(api.technician, "POST", f"/{exam_id}/completion", {"version": 4})
    assert (refused.status_code, refused.json()["code"]) == (422, "exam_results.criticals_not_repeated")
    done = await api.call(
        api.technician, "POST", f"/{exam_id}/completion", {"version": 4, "criticals_repeated": ["HGB"]}
    )
    assert done.json()["state"] == "completed"
    released = await api.call(api.releaser, "POST", f"/{exam_id}/release", {"version": 5})
    assert released.status_code == 200, released.text
    assert (released.json()["state"], released.json()["report_version"]) == ("released", 1)
    hidden = (await api.call(api.patient, "GET", f"/{exam_id}")).json()
    assert (hidden["results"], hidden["report"]["opened"]) == ([], False)
    assert (hidden["state_pt"], hidden["state_en"]) == ("Quase pronto", "Almost ready")
    job = Job(installation.transactions, SystemClock())  # type: ignore[arg-type]
    file_id = await job.sign(api.clinic, released_id(released))
    seen = (await api.call(api.patient, "GET", f"/{exam_id}")).json()
    assert len(seen["results"]) == 17
    assert seen["report"]["file_id"] == str(file_id)
    assert seen["results"][1]["value_display_pt"] == "6,5"
    (item,) = (await api.call(api.patient, "GET", "?limit=5")).json()["items"]
    assert (item["id"], item["flagged"], item["state_pt"]) == (exam_id, True, "Resultado pronto")


def released_id(answer: httpx.Response) -> Any:
    return UUID(answer.json()["id"])


async def test_the_same_key_creates_once_and_another_body_is_refused(api: Api) -> None:
    order = {"patient_id": str(api.clinic.patient_id), "code": "HEMO"}
    first, again = await api.order(order, "key-0000-1"), await api.order(order, "key-0000-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["Location"] == f"{PREFIX}/{first.json()['id']}"
    other = await api.order({**order, "code": "NA"}, "key-0000-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")
    missing = await api.call(api.doctor, "POST", "", order)
    assert missing.status_code == 422
    assert len((await api.call(api.doctor, "GET", "")).json()["items"]) == 1


async def test_a_refused_order_may_be_sent_again_with_its_key(api: Api) -> None:
    unknown = {"patient_id": str(new_id()), "code": "HEMO"}
    for _ in range(2):
        answer = await api.order(unknown, "key-0000-2")
        assert (answer.status_code, answer.json()["code"]) == (409, "exam_results.patient_not_known")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "", {Role.DOCTOR, Role.RECEPTIONIST}),
        ("GET", "", {Role.PATIENT, Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER}),
        ("GET", "/{id}", {Role.PATIENT, Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER}),
        ("POST", "/{id}/schedule", {Role.RECEPTIONIST, Role.PATIENT}),
        ("POST", "/{id}/collection", {Role.TECHNICIAN}),
        ("POST", "/{id}/analysis", {Role.TECHNICIAN}),
        ("PUT", "/{id}/results", {Role.TECHNICIAN}),
        ("POST", "/{id}/completion", {Role.TECHNICIAN}),
        ("POST", "/{id}/return", {Role.RELEASER}),
        ("POST", "/{id}/release", {Role.RELEASER}),
        ("POST", "/{id}/recollection", {Role.TECHNICIAN, Role.RELEASER}),
        ("POST", "/{id}/cancellation", {Role.RECEPTIONIST, Role.DOCTOR, Role.PATIENT, Role.RELEASER}),
        ("GET", "/{id}/reports/1/snapshot", set()),
    ],
)
async def test_only_the_named_roles_are_let_in(api: Api, method: str, path: str, allowed: set[Role]) -> None:
    for role in Role:
        clinic = None if role in {Role.PATIENT, Role.SERVICE} else api.clinic.id
        who = Principal(new_id(), frozenset({role}), clinic)
        answer = await api.call(who, method, path.format(id=new_id()), None)
        assert (answer.status_code == 403) is (role not in allowed), (role, answer.status_code)


async def test_without_a_token_or_with_a_wrong_one_there_is_401(api: Api) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}):
        answer = await api.client.get(PREFIX, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


async def test_staff_of_another_clinic_and_other_patients_find_nothing(
    api: Api, installation: Installation
) -> None:
    exam_id = await api.registered()
    other = await installation.clinic()
    strangers = [other.doctor, other.technician, other.releaser, other.receptionist, other.patient]
    for caller in strangers:
        assert (await api.call(caller.principal, "GET", f"/{exam_id}")).status_code == 404
        assert (await api.call(caller.principal, "GET", "")).json()["items"] == []
    reason = {"reason": "desistência"}
    for caller in (other.doctor, other.releaser, other.receptionist, other.patient):
        answer = await api.call(caller.principal, "POST", f"/{exam_id}/cancellation", reason)
        assert answer.status_code == 404
    values_ = {"version": 1, "values": values()}
    assert (
        await api.call(other.technician.principal, "PUT", f"/{exam_id}/results", values_)
    ).status_code == 404


async def test_errors_speak_the_callers_language_and_name_every_field(api: Api) -> None:
    exam_id = await api.in_analysis()
    wrong = {"version": 3, "values": values({"HGB": "abc", "HCT": "412"})}
    answer = await api.call(api.technician, "PUT", f"/{exam_id}/results", wrong, **{"Accept-Language": "en"})
    body = answer.json()
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in body["errors"]] == [
        ("values.1.value", "exam_results.not_a_number"),
        ("values.2.value", "exam_results.impossible_value"),
    ]
    assert body["errors"][0]["detail"].startswith("Type digits only")
    portuguese = await api.call(api.technician, "PUT", f"/{exam_id}/results", wrong)
    assert portuguese.json()["errors"][0]["detail"].startswith("Digite só algarismos")
    assert "abc" not in portuguese.text
    unit = {"version": 3, "values": [{"code": "HGB", "value": "13", "unit": "mg/dL"}]}
    detail = (await api.call(api.technician, "PUT", f"/{exam_id}/results", unit)).json()["errors"][0]
    assert (detail["field"], "g/dL" in detail["detail"]) == ("values.0.unit", True)


async def test_a_wrong_state_is_named_in_words(api: Api) -> None:
    exam_id = await api.registered()
    answer = await api.call(api.technician, "POST", f"/{exam_id}/analysis", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "exam_results.wrong_state")
    assert "Registrado" in answer.json()["detail"]


async def test_release_asks_for_a_fresh_code(api: Api) -> None:
    exam_id = await api.in_analysis()
    await api.call(api.technician, "PUT", f"/{exam_id}/results", {"version": 3, "values": values()})
    await api.call(api.technician, "POST", f"/{exam_id}/completion", {"version": 4})
    for step_up_at in (None, datetime.now(UTC) - timedelta(minutes=6)):
        stale = replace(api.releaser, step_up_at=step_up_at)
        answer = await api.call(stale, "POST", f"/{exam_id}/release", {"version": 5})
        assert (answer.status_code, answer.json()["code"]) == (403, "exam_results.step_up_required")


async def test_of_two_entries_at_once_one_is_told_to_look_again(api: Api) -> None:
    import asyncio

    exam_id = await api.in_analysis()
    body = {"version": 3, "values": values()}
    answers = await asyncio.gather(
        *(api.call(api.technician, "PUT", f"/{exam_id}/results", body) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert (await api.call(api.technician, "GET", f"/{exam_id}")).json()["version"] == 4


async def test_pages_follow_the_cursor_and_refuse_a_made_up_one(api: Api) -> None:
    made = [await api.registered() for _ in range(5)]
    first = (await api.call(api.patient, "GET", "?limit=2")).json()
    second = (await api.call(api.patient, "GET", f"?limit=2&cursor={first['next_cursor']}")).json()
    third = (await api.call(api.patient, "GET", f"?limit=2&cursor={second['next_cursor']}")).json()
    seen = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert seen == made[::-1]
    assert third["next_cursor"] is None
    for cursor in ("x", "W10", "WyJuIiwieCIsIngiLCJ4Il0", first["next_cursor"][:-4]):
        answer = await api.call(api.patient, "GET", f"?cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")
    mixed = await api.call(api.technician, "GET", f"?cursor={first['next_cursor']}")
    assert mixed.status_code == 422


async def test_filters_take_dates_states_and_refuse_nonsense(api: Api) -> None:
    await api.registered()
    today = datetime.now(UTC).date()

    async def found(query: str) -> int:
        answer = await api.call(api.doctor, "GET", f"?{query}")
        assert answer.status_code == 200, answer.text
        return len(answer.json()["items"])

    days = [(today + timedelta(days=shift)).isoformat() for shift in (-2, 2)]
    assert await found(f"from={days[0]}&to={days[1]}") == 1
    assert await found(f"to={days[0]}") == 0
    assert await found("state=registered&state=scheduled") == 1
    assert await found("state=released") == 0
    assert await found(f"patient_id={api.clinic.patient_id}") == 1
    for query in ("limit=0", "limit=101", "state=lost", "from=yesterday", "patient_id=1", "q=" + "x" * 101):
        assert (await api.call(api.doctor, "GET", f"?{query}")).status_code == 422, query
    assert (await api.call(api.doctor, "GET", "/no-id")).status_code == 404


async def test_the_snapshot_is_for_services_with_its_scope(api: Api) -> None:
    exam_id = await api.in_analysis()
    await api.call(api.technician, "PUT", f"/{exam_id}/results", {"version": 3, "values": values()})
    await api.call(api.technician, "POST", f"/{exam_id}/completion", {"version": 4})
    path = f"/{exam_id}/reports/1/snapshot"
    service = Principal(new_id(), frozenset({Role.SERVICE}), scopes=frozenset({"snapshot:read"}))
    draft = await api.call(service, "GET", f"{path}?stage=draft")
    assert draft.status_code == 200
    import hashlib

    assert draft.headers["ETag"] == f'"{hashlib.sha256(draft.content).hexdigest()}"'
    assert draft.json()["results"][1]["value"] == "13.50"
    assert (await api.call(service, "GET", path)).status_code == 404  # nothing was released yet
    bare = Principal(new_id(), frozenset({Role.SERVICE}))
    assert (await api.call(bare, "GET", f"{path}?stage=draft")).status_code == 403


async def test_the_catalogue_is_sent_once(api: Api) -> None:
    first = await api.call(api.doctor, "GET", "/catalogue")
    assert len(first.json()["items"]) == 38
    again = await api.call(api.doctor, "GET", "/catalogue", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_every_route_states_its_callers_and_is_documented(api: Api) -> None:
    assert list(undeclared_routes(api.app)) == []
    schema = (await api.client.get(f"{PREFIX}/openapi.json")).json()
    described = {
        (path, method): operation.get("description", "")
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }
    assert (f"{PREFIX}/{{exam_id}}/release", "post") in described
    assert all(described.values())
    assert "fresh second factor" in described[f"{PREFIX}/{{exam_id}}/release", "post"]


async def test_health_names_its_dependencies(api: Api) -> None:
    assert (await api.client.get(f"{PREFIX}/healthz")).json() == {"status": "alive"}
    assert (await api.client.get(f"{PREFIX}/readyz")).json() == {
        "status": "ready",
        "dependencies": {"postgresql": "up"},
    }


async def test_bodies_with_unknown_fields_or_naive_times_are_refused(api: Api) -> None:
    exam_id = await api.registered()
    naive = {"barcode": "B-0001", "collected_at": "2026-11-20T12:00:00", "patient_identified_by": ["a", "b"]}
    answer = await api.call(api.technician, "POST", f"/{exam_id}/collection", naive)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "collected_at")
    extra = {"patient_id": str(api.clinic.patient_id), "code": "HEMO", "state": "released"}
    assert (await api.order(extra)).status_code == 422


async def test_a_machine_client_orders_in_its_clinic_within_its_scopes(api: Api) -> None:
    def program(*scopes: str, clinic: UUID | None = api.clinic.id) -> Principal:
        return Principal(new_id(), frozenset({Role.INTEGRATION}), clinic, frozenset(scopes))

    order = {
        "patient_id": str(api.clinic.patient_id),
        "code": "HEMO",
        "requester_id": str(api.doctor.account_id),
    }
    without = await api.order(order, who=program("catalogue:read", "patients:write"))
    assert (without.status_code, without.json()["code"]) == (403, "auth.scope_missing")
    catalogue = await api.call(program("orders:write"), "GET", "/catalogue")
    assert (catalogue.status_code, catalogue.json()["code"]) == (403, "auth.scope_missing")
    assert (await api.call(program("catalogue:read"), "GET", "/catalogue")).status_code == 200

    elsewhere = await api.order(order, who=program("orders:write", clinic=new_id()))
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "exam_results.patient_not_known")
    unnamed = await api.order({**order, "requester_id": None}, who=program("orders:write"))
    assert unnamed.json()["code"] == "exam_results.requester_required"

    made = await api.order(order, who=program("orders:write"))
    assert made.status_code == 201, made.text
    for path in ("", f"/{made.json()['id']}"):  # writing is not reading
        read = await api.call(program("orders:write"), "GET", path)
        assert (read.status_code, read.json()["code"]) == (403, "forbidden")

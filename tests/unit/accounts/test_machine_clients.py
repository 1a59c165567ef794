"""Machine clients over HTTP, in memory: registered, rotated, stopped; their tokens, and what these are refused."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.limits import Limits
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B
from tests.unit.accounts.test_http import Door

GRANT = {"grant_type": "client_credentials"}
WANTED: dict[str, Any] = {"name": "LIS Aurora", "scopes": ["patients:write", "patients:read"]}
PATIENT = {"name": "Ana Lima", "birth_date": "1988-02-17", "sex": "F"}


class Office(Door):
    """The API with an administrator at work; its clock is the machine's, as tokens are verified by that."""

    def __init__(self) -> None:
        super().__init__()
        self.world.clock.at = datetime.now(UTC)

    def token(self, principal: Principal) -> dict[str, str]:
        issued = self.world.devices.issuer.for_principal(principal, SystemClock().now())
        return {"Authorization": f"Bearer {issued.value}"}

    async def staff(self, *roles: Role, stepped_up: bool = True, **more: Any) -> dict[str, str]:
        principal = await self.world.staff(f"{new_id()}@a.test", *roles, **more)
        at = self.world.clock.now() if stepped_up else None
        return self.token(replace(principal, step_up_at=at, session_id=new_id()))

    async def register(self, admin: dict[str, str], key: str = "", **changes: Any) -> httpx.Response:
        headers = {**admin, "Idempotency-Key": key or str(new_id())}
        return await self.send("POST", "/machine-clients", json=WANTED | changes, headers=headers)

    async def registered(self, admin: dict[str, str], **changes: Any) -> Any:
        answer = await self.register(admin, **changes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def grant(self, client: Any, secret: str = "", **asked: str) -> httpx.Response:
        auth = (client["client_id"], secret or client["client_secret"])
        return await self.send("POST", "/oauth/token", data=GRANT | asked, auth=auth)

    async def works(self, client: Any, secret: str = "") -> bool:
        return (await self.grant(client, secret)).status_code == 200

    async def bearer_of(self, client: Any, **asked: str) -> dict[str, str]:
        answer = await self.grant(client, **asked)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def post_patient(self, program: dict[str, str], **changes: Any) -> httpx.Response:
        headers = {**program, "Idempotency-Key": str(new_id())}
        return await self.send("POST", "/patients", json=PATIENT | changes, headers=headers)

    def hear(self) -> None:
        """What the feed tells every verifier."""
        self.revocations.ended |= set(self.world.transactions.tables.machine_sessions_ended)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    office = Office()
    yield office
    await office.http.aclose()


@pytest.fixture
async def admin(office: Office) -> dict[str, str]:
    return await office.staff(Role.ADMINISTRATOR)


async def test_the_secret_is_shown_once_and_kept_as_a_hash(office: Office, admin: dict[str, str]) -> None:
    answer = await office.register(admin, "a-key-of-mine")
    made = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert (made["state"], made["expired"], made["last_used_at"]) == ("active", False, None)
    again = await office.register(admin, "a-key-of-mine")
    assert (again.status_code, again.json()["code"]) == (409, "accounts.secret_shown")
    assert again.json()["existing_id"] == made["id"]
    shown = await office.send("GET", "/machine-clients", headers=admin)
    one = await office.send("GET", f"/machine-clients/{made['id']}", headers=admin)
    assert [each["id"] for each in shown.json()["items"]] == [made["id"]]
    for text in (again.text, shown.text, one.text, str(office.world.transactions.tables)):
        assert made["client_secret"] not in text
    assert "client.register" in office.world.audited


async def test_only_a_confirmed_administrator_changes_anything(office: Office, admin: dict[str, str]) -> None:
    made = await office.registered(admin)
    path = f"/machine-clients/{made['id']}"
    changes = [
        ("POST", "/machine-clients", WANTED), ("POST", f"{path}/secrets", {}),
        ("DELETE", f"{path}/secrets/previous", None), ("PUT", f"{path}/suspension", None),
        ("DELETE", f"{path}/suspension", None), ("DELETE", path, None),
    ]  # fmt: skip
    unconfirmed = await office.staff(Role.ADMINISTRATOR, stepped_up=False)
    watcher, stranger = await office.staff(Role.AUDITOR), await office.staff(Role.DOCTOR)
    elsewhere = await office.staff(Role.ADMINISTRATOR, clinic=CLINIC_B)
    for method, where, body in changes:
        for who, code in (
            (unconfirmed, "accounts.step_up_required"), (watcher, "forbidden"), (stranger, "forbidden")
        ):  # fmt: skip
            headers = {**who, "Idempotency-Key": str(new_id())}
            answer = await office.send(method, where, json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, code), (method, where)
        if where != "/machine-clients":
            assert (await office.send(method, where, json=body, headers=elsewhere)).status_code == 404
    assert (await office.send("GET", path, headers=watcher)).status_code == 200
    assert (await office.send("GET", path, headers=stranger)).status_code == 403
    assert (await office.send("GET", path, headers=elsewhere)).status_code == 404
    assert (await office.send("GET", "/machine-clients", headers=elsewhere)).json()["items"] == []
    assert await office.works(made)
    assert office.world.audited.count("client.register") == 1


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["snapshot:read"]}, "scopes"),  # of our own services, on no clinic's list
        ({"scopes": ["patients:write", "admin"]}, "scopes"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "LIS\u202e"}, "name"),
        ({"valid_days": 0}, "valid_days"),
        ({"valid_days": 366}, "valid_days"),
    ],
)
async def test_what_is_wrong_is_named(
    office: Office, admin: dict[str, str], changes: dict[str, Any], wrong: str
) -> None:
    answer = await office.register(admin, **changes)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [wrong]


async def test_a_client_acts_in_its_clinic_within_its_scopes(office: Office, admin: dict[str, str]) -> None:
    program = await office.bearer_of(await office.registered(admin))
    made = await office.post_patient(program)
    assert made.status_code == 201, made.text
    assert office.world.transactions.tables.patients[_id(made)].clinic_id == CLINIC_A.id
    own = f"/patients/{made.json()['id']}"
    assert (await office.send("GET", own, headers=program)).json()["record_number"] == "000001"

    elsewhere = await office.bearer_of(
        await office.registered(await office.staff(Role.ADMINISTRATOR, clinic=CLINIC_B))
    )
    assert (await office.send("GET", own, headers=elsewhere)).status_code == 404
    narrow = await office.bearer_of(await office.registered(admin, scopes=["patients:read"]))
    asked_less = await office.bearer_of(await office.registered(admin), scope="patients:read")
    for reader in (narrow, asked_less):
        assert (await office.send("GET", own, headers=reader)).status_code == 200
        refused = await office.post_patient(reader, name="Bia Lima")
        assert (refused.status_code, refused.json()["code"]) == (403, "auth.scope_missing")
    for path in ("/me", "/patients", "/staff", "/machine-clients", "/audit/names", f"{own}/identifiers"):
        answer = await office.send("GET", path, headers=program)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path


async def test_rotation_leaves_no_moment_without_a_secret_that_works(
    office: Office, admin: dict[str, str]
) -> None:
    first = await office.registered(admin)
    path = f"/machine-clients/{first['id']}/secrets"
    second = (await office.send("POST", path, json={"overlap_hours": 24}, headers=admin)).json()
    assert await office.works(first)
    assert await office.works(second)
    shown = (await office.send("GET", f"/machine-clients/{first['id']}", headers=admin)).json()
    assert shown["previous_secret"]["last_used_at"] is not None
    assert shown["secret_used_at"] == shown["last_used_at"] == shown["previous_secret"]["last_used_at"]
    third = await office.send("POST", path, json={}, headers=admin)
    assert (third.status_code, third.json()["code"]) == (409, "accounts.rotation_open")
    office.world.clock.advance(timedelta(hours=24))
    refused = await office.grant(first)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert await office.works(second)
    assert office.world.audited.count("client.rotate") == 1


async def test_a_secret_that_leaked_is_ended_at_once_with_its_tokens(
    office: Office, admin: dict[str, str]
) -> None:
    first = await office.registered(admin)
    path = f"/machine-clients/{first['id']}/secrets"
    stolen = await office.bearer_of(first)
    second = (await office.send("POST", path, json={}, headers=admin)).json()
    fresh = await office.bearer_of(second)
    assert (await office.post_patient(stolen)).status_code == 201
    ended = await office.send("DELETE", f"{path}/previous", headers=admin)
    office.hear()
    assert ended.status_code == 204
    assert not await office.works(first)
    assert (await office.post_patient(stolen)).status_code == 401
    assert (await office.post_patient(fresh, name="Bia Lima")).status_code == 201
    nothing = await office.send("DELETE", f"{path}/previous", headers=admin)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "accounts.no_previous_secret")

    third = (await office.send("POST", path, json={"overlap_hours": 0}, headers=admin)).json()
    office.hear()
    assert not await office.works(second)
    assert (await office.post_patient(fresh)).status_code == 401
    assert third["previous_secret"] is None
    assert await office.works(third)


async def test_a_suspended_client_is_refused_and_goes_on_without_its_old_tokens(
    office: Office, admin: dict[str, str]
) -> None:
    client = await office.registered(admin)
    path = f"/machine-clients/{client['id']}/suspension"
    before = await office.bearer_of(client)
    for _ in range(2):
        assert (await office.send("PUT", path, headers=admin)).status_code == 204
    office.hear()
    refused = await office.grant(client)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert (await office.post_patient(before)).json()["code"] == "auth.token_invalid"
    assert (await office.send("DELETE", path, headers=admin)).status_code == 204
    assert (await office.post_patient(before)).status_code == 401
    assert (await office.post_patient(await office.bearer_of(client))).status_code == 201
    audited = office.world.audited
    assert (audited.count("client.suspend"), audited.count("client.resume")) == (1, 1)


async def test_ended_is_for_good_and_stays_on_the_list(office: Office, admin: dict[str, str]) -> None:
    client = await office.registered(admin)
    path = f"/machine-clients/{client['id']}"
    before = await office.bearer_of(client)
    assert (await office.send("DELETE", path, headers=admin)).status_code == 204
    office.hear()
    assert not await office.works(client)
    assert (await office.post_patient(before)).status_code == 401
    for method, where in (("DELETE", ""), ("PUT", "/suspension"), ("POST", "/secrets")):
        answer = await office.send(method, path + where, json={} if method == "POST" else None, headers=admin)
        assert (answer.status_code, answer.json()["code"]) == (409, "accounts.client_ended")
    assert (await office.send("GET", path, headers=admin)).json()["state"] == "ended"


async def test_a_secret_past_its_time_is_refused_and_said_to_be(
    office: Office, admin: dict[str, str]
) -> None:
    client = await office.registered(admin, valid_days=30)
    office.world.clock.advance(timedelta(days=30))
    assert not await office.works(client)
    later = await office.staff(Role.AUDITOR)
    assert (await office.send("GET", f"/machine-clients/{client['id']}", headers=later)).json()["expired"]


async def test_the_secret_goes_in_the_header_or_in_the_body_and_never_in_both(
    office: Office, admin: dict[str, str]
) -> None:
    client = await office.registered(admin)
    known = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
    auth = (client["client_id"], client["client_secret"])
    for options in (
        {"data": GRANT, "auth": auth}, {"data": GRANT | known}, {"json": GRANT | known},
        {"data": GRANT | {"client_id": client["client_id"], "scope": ""}, "auth": auth},
    ):  # fmt: skip
        answer = await office.send("POST", "/oauth/token", **options)
        assert answer.status_code == 200, answer.text
        assert answer.json()["scope"] == "patients:read patients:write"
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    for options in (
        {"data": GRANT | known, "auth": auth},
        {"data": GRANT | {"client_id": "another"}, "auth": auth},
    ):
        answer = await office.send("POST", "/oauth/token", **options)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


_BASIC = base64.b64encode(b"nobody:wrong").decode()


@pytest.mark.parametrize(
    ("options", "status", "error"),
    [
        ({"data": GRANT}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": "Basic !"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": f"Bearer {_BASIC}"}}, 401, "invalid_client"),
        ({"data": GRANT, "headers": {"Authorization": f"Basic {_BASIC}"}}, 401, "invalid_client"),
        ({"data": GRANT | {"client_id": "a\x00b", "client_secret": "x"}}, 401, "invalid_client"),
        ({"data": {"grant_type": "password"}, "auth": True}, 400, "unsupported_grant_type"),
        ({"data": {"scope": "patients:read"}, "auth": True}, 400, "invalid_request"),
        ({"data": GRANT | {"scope": "patients:read admin"}, "auth": True}, 400, "invalid_scope"),
        ({"json": {"grant_type": 1}, "auth": True}, 400, "invalid_request"),
        ({"content": b"{", "auth": True}, 400, "invalid_request"),
        ({"data": {"grant_type": ["client_credentials"] * 2}, "auth": True}, 400, "invalid_request"),
        ({"content": b"grant_type=%ff\xff", "auth": True, "form": True}, 400, "invalid_request"),
    ],
    ids=range(12),
)
async def test_errors_of_the_token_route_have_the_shape_of_rfc_6749(
    office: Office, admin: dict[str, str], options: dict[str, Any], status: int, error: str
) -> None:
    client = await office.registered(admin)
    known = {"auth": (client["client_id"], client["client_secret"])} if options.get("auth") else {}
    form = {"headers": {"Content-Type": "application/x-www-form-urlencoded"}} if options.get("form") else {}
    asked = {name: value for name, value in options.items() if name not in ("auth", "form")}
    answer = await office.send("POST", "/oauth/token", **asked, **known, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error_description"].isascii()
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_too_many_token_requests_say_how_long_to_wait(office: Office) -> None:
    office.app.state.limits = Limits()
    answer, tried = await office.send("POST", "/oauth/token", data=GRANT), 1
    while answer.status_code == 401 and tried < 5000:  # the limit refills while we ask
        answer, tried = await office.send("POST", "/oauth/token", data=GRANT), tried + 1
    assert tried > 120
    assert (answer.status_code, answer.json()["error"]) == (429, "temporarily_unavailable")
    assert int(answer.headers["retry-after"]) > 0


def _id(made: httpx.Response) -> UUID:
    return UUID(made.json()["id"])

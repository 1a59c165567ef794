"""The HTTP edge of signing in step by step and of account security, over in-memory adapters."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.shared.kernel.clock import SystemClock
from services.shared.kernel.principal import Role
from tests.support.software_authenticator import SoftwareAuthenticator
from tests.unit.accounts.newcomer import codes_sent
from tests.unit.accounts.samples import PASSWORD, PUBLIC_URL
from tests.unit.accounts.test_http import SOMEBODY, Door

PEOPLE = set(Role) - {Role.SERVICE, Role.INTEGRATION}
OWN = [
    ("GET", "/sessions"),
    ("DELETE", "/sessions/others"),
    ("DELETE", f"/sessions/{SOMEBODY}"),
    ("GET", "/me/security"),
    ("PUT", "/me/password"),
    ("POST", "/me/totp"),
    ("POST", "/me/totp/confirmation"),
    ("DELETE", "/me/totp"),
    ("POST", "/me/passkeys/options"),
    ("POST", "/me/passkeys"),
    ("PUT", f"/me/passkeys/{SOMEBODY}"),
    ("DELETE", f"/me/passkeys/{SOMEBODY}"),
    ("POST", "/me/recovery-codes"),
    ("PUT", "/me/contact-codes"),
    ("POST", "/step-up/code"),
    ("POST", "/step-up/passkey-options"),
]
DEVICE = "d" * 43


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    door.world.clock.at = SystemClock().now()  # tokens must live
    yield door
    await door.http.aclose()


def bearer(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['access_token']}"}


async def signed_in(door: Door, login: str = "ana@a.test") -> dict[str, Any]:
    body = {"login": login, "password": PASSWORD, "device": DEVICE}
    session: dict[str, Any] = (await door.send("POST", "/sign-ins", json=body)).json()["session"]
    return session


async def stepped_up(door: Door, session: dict[str, Any]) -> dict[str, Any]:
    ticket = (await door.send("POST", "/step-up/code", headers=bearer(session))).json()["ticket"]
    code = codes_sent(door.world, "step_up")[-1]
    body = {"factor": "contact_code", "code": code, "ticket": ticket}
    answer = await door.send("POST", "/step-up", json=body, headers=bearer(session))
    assert answer.status_code == 200
    granted: dict[str, Any] = answer.json()
    return granted


@pytest.mark.parametrize(("method", "path"), OWN)
async def test_what_is_ones_own_is_for_people_with_a_session_alone(
    door: Door, method: str, path: str
) -> None:
    assert (await door.send(method, path)).status_code == 401
    for role in (Role.SERVICE, Role.INTEGRATION):
        assert (await door.send(method, path, headers=door.bearer(role))).status_code == 403
    headers = door.bearer(Role.PATIENT)
    door.revocations.is_known = False
    assert (await door.send(method, path, headers=headers)).status_code == 503


async def test_staff_sign_in_in_two_requests(door: Door) -> None:
    await door.world.staff("medica@a.test")
    answer = await door.send("POST", "/sign-ins", json={"login": "medica@a.test", "password": PASSWORD})
    assert answer.headers["cache-control"] == "no-store"
    pending = answer.json()["pending"]
    assert (pending["factors"], pending["must_enrol"]) == (["totp"], False)
    body = {"ticket": pending["ticket"], "factor": "totp", "code": door.world.code()}
    session = (await door.send("POST", "/sign-ins/proof", json=body)).json()["session"]
    assert session["account"]["roles"] == ["doctor"]
    again = await door.send("POST", "/sign-ins/proof", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "accounts.ticket_ended")


@pytest.mark.parametrize("body", [{}, {"code": "1", "credential": {}}, {"factor": "sms", "code": "1"}])
async def test_a_proof_is_one_code_or_one_credential(door: Door, body: dict[str, Any]) -> None:
    answer = await door.send("POST", "/sign-ins/proof", json={"ticket": "t", **body})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("path", "rest"), [("/sign-ins", {"password": "wrong password"}), ("/password-resets", {})]
)
async def test_a_stranger_reads_nothing_about_who_exists(door: Door, path: str, rest: dict[str, str]) -> None:
    """ASVS 5.0, 6.3.8: the same status, headers and body whoever the login belongs to, traces and tokens aside."""
    await door.world.patient("ana@a.test")
    await door.world.staff("medica@a.test")
    answers = []
    for login in ("ana@a.test", "medica@a.test", "nobody@a.test", "529.982.247-25"):
        answer = await door.send("POST", path, json={"login": login, **rest})
        body = {k: v for k, v in answer.json().items() if k not in ("trace_id", "ticket")}
        names = sorted(answer.headers), len(answer.content)
        answers.append((answer.status_code, body, names))
    for one, other in itertools.pairwise(answers):
        assert one == other


async def test_a_passkey_is_added_signs_in_and_is_removed_over_http(door: Door) -> None:
    await door.world.patient("ana@a.test")
    headers = bearer(await stepped_up(door, await signed_in(door)))
    challenge = (await door.send("POST", "/me/passkeys/options", headers=headers)).json()
    device = SoftwareAuthenticator(PUBLIC_URL)
    body = {"ticket": challenge["ticket"], "credential": device.create(challenge["options"]), "name": "Azul"}
    added = await door.send("POST", "/me/passkeys", json=body, headers=headers)
    assert added.status_code == 201
    assert len(added.json()["recovery_codes"]) == 10
    challenge = (await door.send("POST", "/sign-ins/passkey-options", json={})).json()
    body = {"ticket": challenge["ticket"], "credential": device.get(challenge["options"])}
    session = (await door.send("POST", "/sign-ins/passkey", json=body)).json()
    assert session["account"]["roles"] == ["patient"]
    removed = await door.send("DELETE", f"/me/passkeys/{added.json()['id']}", headers=headers)
    assert removed.status_code == 204
    assert (await door.send("GET", "/me/security", headers=headers)).json()["passkeys"] == []


async def test_changes_without_a_step_up_say_what_to_do(door: Door) -> None:
    await door.world.patient("ana@a.test")
    answer = await door.send("POST", "/me/totp", headers=bearer(await signed_in(door)))
    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.step_up_required")


async def test_a_revoked_session_gets_401_while_its_token_still_lives(door: Door) -> None:
    await door.world.patient("ana@a.test")
    one, other = await signed_in(door), await signed_in(door)
    listed = (await door.send("GET", "/sessions", headers=bearer(one))).json()["items"]
    gone = next(item["id"] for item in listed if not item["current"])
    assert (await door.send("DELETE", f"/sessions/{gone}", headers=bearer(one))).status_code == 204
    door.revocations.ended |= {
        s.id for s in door.world.transactions.tables.sessions.values() if s.revoked_at is not None
    }
    assert (await door.send("GET", "/me", headers=bearer(other))).status_code == 401
    assert (await door.send("GET", "/me", headers=bearer(one))).status_code == 200


async def test_a_password_is_changed_and_reset_over_http(door: Door) -> None:
    await door.world.patient("ana@a.test")
    headers = bearer(await signed_in(door))
    wrong = {"old": "wrong", "new": "outra frase, mais longa"}
    answer = await door.send("PUT", "/me/password", json=wrong, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "old")
    right = wrong | {"old": PASSWORD}
    assert (await door.send("PUT", "/me/password", json=right, headers=headers)).status_code == 204
    ticket = (await door.send("POST", "/password-resets", json={"login": "ana@a.test"})).json()["ticket"]
    body = {"ticket": ticket, "code": codes_sent(door.world, "password_reset")[0], "password": "x" * 9}
    weak = await door.send("POST", "/password-resets/completion", json=body)
    assert (weak.status_code, weak.json()["errors"][0]["field"]) == (422, "password")
    body["password"] = "mais uma frase bem longa"
    assert (await door.send("POST", "/password-resets/completion", json=body)).status_code == 204
    assert (await door.send("POST", "/password-resets/completion", json=body)).status_code == 422


async def test_a_password_is_verified_exactly_as_it_was_typed(door: Door) -> None:
    """ASVS 5.0, 6.2.8 and 6.2.9: blanks, case and every character to the last count, up to 128 of them."""
    await door.world.patient("ana@a.test")
    headers, chosen = bearer(await signed_in(door)), "  Sessenta e QUATRO " + "frase longa " * 8 + "ção "
    assert 64 < len(chosen) <= 128
    body = {"old": PASSWORD, "new": chosen}
    assert (await door.send("PUT", "/me/password", json=body, headers=headers)).status_code == 204
    for typed in (chosen.strip(), chosen.lower(), chosen[:72], chosen[:-1]):
        answer = await door.send("POST", "/sign-ins", json={"login": "ana@a.test", "password": typed})
        assert (answer.status_code, answer.json()["code"]) == (401, "accounts.sign_in_failed")
    answer = await door.send("POST", "/sign-ins", json={"login": "ana@a.test", "password": chosen})
    assert (answer.status_code, answer.json()["pending"]) == (200, None)


@pytest.mark.parametrize("role", sorted(PEOPLE))
async def test_every_person_may_look_after_the_own_account(door: Door, role: Role) -> None:
    answer = await door.send("GET", "/me/security", headers=door.bearer(role))
    assert answer.status_code == 404  # let in; this invented account does not exist

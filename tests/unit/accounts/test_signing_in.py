"""Signing in, refreshing, stepping up and signing out, with in-memory adapters."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.accounts.application.commands.prove_second_factor import Proof
from services.accounts.application.ports import Credentials
from services.accounts.application.session_tokens import SignedIn, hash_refresh_token
from services.accounts.domain.login import Login, LoginKind
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, CPF_ANA, PASSWORD, World

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"


async def sign_in(
    world: World, login: str, password: str = PASSWORD, code: str | None = None, address: str = HERE
) -> SignedIn:
    return await world.desk.sign_in(login, password, code, address=address)


def caller_of(signed_in: SignedIn, world: World) -> Principal:
    session = next(reversed(world.transactions.tables.sessions.values()))
    identity = signed_in.identity
    return Principal(
        identity.account.id,
        identity.roles,
        identity.clinic.id if identity.clinic else None,
        session_id=session.id,
    )


async def test_a_patient_signs_in_by_email_or_cpf_and_sees_no_clinic_in_the_token() -> None:
    world = World()
    account = await world.patient("ana@a.test")
    world.transactions.tables.logins[Login(LoginKind.CPF, CPF_ANA)] = account.id
    for login in ("ANA@a.test", "529.982.247-25"):
        signed_in = await sign_in(world, login)
        assert signed_in.identity.account.id == account.id
        assert signed_in.identity.roles == {Role.PATIENT}
        assert signed_in.identity.clinic is None


async def test_staff_sign_in_with_password_and_code_into_their_clinic() -> None:
    world = World()
    doctor = await world.staff("medica@a.test")
    with pytest.raises(LaudoError, match="code_required"):
        await sign_in(world, "medica@a.test")
    signed_in = await sign_in(world, "medica@a.test", code=world.code())
    assert signed_in.identity.account.id == doctor.account_id
    assert signed_in.identity.clinic == CLINIC_A
    assert world.audited == ["session.start"]


@pytest.mark.parametrize(
    ("login", "password"), [("nobody@a.test", PASSWORD), ("ana@a.test", "wrong password"), ("new@a.test", "")]
)
async def test_unknown_login_wrong_password_and_no_password_yet_look_and_cost_the_same(
    login: str, password: str
) -> None:
    world = World()
    await world.patient("ana@a.test")
    fresh = await world.patient("new@a.test")
    world.transactions.tables.credentials[fresh.id] = Credentials(fresh.id)
    before = world.hasher.hashed
    with pytest.raises(LaudoError) as refused:
        await sign_in(world, login, password)
    assert refused.value.kind.code == "accounts.sign_in_failed"
    assert (refused.value.field, refused.value.params) == (None, {})
    assert world.hasher.hashed == before + 1


async def test_a_password_that_was_changed_while_it_was_checked_opens_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    account = await world.patient("ana@a.test")
    verify = world.hasher.verify

    async def changed_meanwhile(password: str, stored: str | None) -> bool:
        matches = await verify(password, stored)
        world.transactions.tables.credentials[account.id] = Credentials(account.id, "another hash")
        return matches

    monkeypatch.setattr(world.hasher, "verify", changed_meanwhile)
    with pytest.raises(LaudoError, match="sign_in_failed"):
        await sign_in(world, "ana@a.test")
    assert not world.transactions.tables.sessions
    assert not world.audited


async def test_a_wrong_code_is_refused_and_a_code_serves_once() -> None:
    world = World()
    await world.staff("medica@a.test")
    with pytest.raises(LaudoError, match="code_invalid"):
        await sign_in(world, "medica@a.test", code="000000" if world.code() != "000000" else "000001")
    await sign_in(world, "medica@a.test", code=world.code())
    with pytest.raises(LaudoError, match="code_used"):
        await sign_in(world, "medica@a.test", code=world.code())
    world.clock.advance(timedelta(seconds=30))
    await sign_in(world, "medica@a.test", code=world.code())


async def test_a_code_of_an_earlier_step_is_refused_after_a_later_one() -> None:
    world = World()
    await world.staff("medica@a.test")
    await sign_in(world, "medica@a.test", code=world.code(steps_ahead=1))
    with pytest.raises(LaudoError, match="code_used"):
        await sign_in(world, "medica@a.test", code=world.code())


async def test_after_five_failures_an_address_waits_and_others_do_not() -> None:
    world = World()
    await world.patient("ana@a.test")
    for _ in range(5):
        with pytest.raises(LaudoError, match="sign_in_failed"):
            await sign_in(world, "ana@a.test", "wrong password")
    with pytest.raises(LaudoError, match="too_many_attempts"):
        await sign_in(world, "ana@a.test")
    await sign_in(world, "ana@a.test", address=ELSEWHERE)
    world.clock.advance(timedelta(seconds=31))
    await sign_in(world, "ana@a.test")


async def test_unknown_logins_wait_like_known_ones() -> None:
    world = World()
    for _ in range(5):
        with pytest.raises(LaudoError, match="sign_in_failed"):
            await sign_in(world, "nobody@a.test")
    with pytest.raises(LaudoError, match="too_many_attempts"):
        await sign_in(world, "nobody@a.test")


async def test_guessing_codes_from_many_addresses_is_slowed_down_but_repeats_do_not_count() -> None:
    world = World()
    await world.staff("medica@a.test")
    good = {world.code(steps) for steps in (-1, 0, 1)}
    wrong = next(code for code in ("000000", "000001", "000002", "000003") if code not in good)
    await sign_in(world, "medica@a.test", code=world.code(1))
    for _ in range(9):
        with pytest.raises(LaudoError, match="code_used"):
            await sign_in(world, "medica@a.test", code=world.code())
    for number in range(5):
        with pytest.raises(LaudoError, match="code_invalid"):
            await sign_in(world, "medica@a.test", code=wrong, address=f"192.0.2.{number}")
    with pytest.raises(LaudoError, match="too_many_attempts"):
        await sign_in(world, "medica@a.test", code=world.code(), address="192.0.2.99")


async def test_staff_without_a_second_factor_or_a_role_do_not_get_in() -> None:
    world = World()
    doctor = await world.staff("medica@a.test")
    tables = world.transactions.tables
    key = doctor.account_id, CLINIC_A.id
    tables.memberships[key] = replace(tables.memberships[key], active=False)
    with pytest.raises(LaudoError, match="no_active_role"):
        await sign_in(world, "medica@a.test", code=world.code())
    tables = world.transactions.tables
    tables.memberships[key] = replace(tables.memberships[key], active=True)
    tables.credentials[doctor.account_id] = replace(tables.credentials[doctor.account_id], totp_secret=None)
    with pytest.raises(LaudoError, match="second_factor_missing"):
        await sign_in(world, "medica@a.test", code=world.code())


async def test_staff_of_two_clinics_sign_in_to_one_of_them() -> None:
    world = World()
    doctor = await world.staff("medica@a.test")
    tables = world.transactions.tables
    first = tables.memberships[doctor.account_id, CLINIC_A.id]
    tables.memberships[doctor.account_id, CLINIC_B.id] = replace(first, clinic_id=CLINIC_B.id)
    signed_in = await world.desk.sign_in(
        "medica@a.test", PASSWORD, world.code(), address=HERE, clinic_id=CLINIC_B.id
    )
    assert signed_in.identity.clinic == CLINIC_B


async def test_refreshing_rotates_and_keeps_the_clinic_and_the_step_up() -> None:
    world = World()
    await world.staff("medica@a.test")
    first = await sign_in(world, "medica@a.test", code=world.code())
    await world.desk.step_up(Proof.typed(world.code(1)), caller_of(first, world), address=HERE)
    second = await world.desk.refresh(first.refresh_token, address=HERE)
    assert second.refresh_token != first.refresh_token
    assert second.identity.clinic == CLINIC_A
    session = next(iter(world.transactions.tables.sessions.values()))
    assert session.stepped_up_at == world.clock.now()


async def test_reusing_a_refresh_token_ends_the_whole_family() -> None:
    world = World()
    await world.patient("ana@a.test")
    first = await sign_in(world, "ana@a.test")
    second = await world.desk.refresh(first.refresh_token, address=HERE)
    with pytest.raises(LaudoError, match="session_ended"):
        await world.desk.refresh(first.refresh_token, address=ELSEWHERE)
    with pytest.raises(LaudoError, match="session_ended"):
        await world.desk.refresh(second.refresh_token, address=HERE)
    assert world.audited == ["session.start", "session.refresh_reused"]


async def test_other_sessions_outlive_a_stolen_one() -> None:
    world = World()
    await world.patient("ana@a.test")
    stolen, other = await sign_in(world, "ana@a.test"), await sign_in(world, "ana@a.test")
    await world.desk.refresh(stolen.refresh_token, address=HERE)
    with pytest.raises(LaudoError, match="session_ended"):
        await world.desk.refresh(stolen.refresh_token, address=HERE)
    await world.desk.refresh(other.refresh_token, address=HERE)


async def test_idle_and_old_sessions_are_not_refreshed() -> None:
    world = World()
    await world.patient("ana@a.test")
    signed_in = await sign_in(world, "ana@a.test")
    world.clock.advance(timedelta(hours=12))
    with pytest.raises(LaudoError, match="session_ended"):
        await world.desk.refresh(signed_in.refresh_token, address=HERE)


@pytest.mark.parametrize("token", ["", "x", "0" * 43])
async def test_an_unknown_refresh_token_gets_nothing(token: str) -> None:
    with pytest.raises(LaudoError, match="session_ended"):
        await World().desk.refresh(token, address=HERE)


async def test_refresh_tokens_rest_hashed() -> None:
    world = World()
    await world.patient("ana@a.test")
    signed_in = await sign_in(world, "ana@a.test")
    assert list(world.transactions.tables.tokens) == [hash_refresh_token(signed_in.refresh_token)]
    assert signed_in.refresh_token not in repr(world.transactions.tables)


async def test_a_role_taken_away_is_gone_with_the_next_token() -> None:
    world = World()
    doctor = await world.staff("medica@a.test")
    signed_in = await sign_in(world, "medica@a.test", code=world.code())
    tables = world.transactions.tables
    key = doctor.account_id, CLINIC_A.id
    tables.memberships[key] = replace(tables.memberships[key], active=False)
    with pytest.raises(LaudoError, match="no_active_role"):
        await world.desk.refresh(signed_in.refresh_token, address=HERE)


async def test_signing_out_ends_the_session_and_twice_is_no_error() -> None:
    world = World()
    await world.patient("ana@a.test")
    signed_in = await sign_in(world, "ana@a.test")
    caller = caller_of(signed_in, world)
    await world.desk.sign_out(caller)
    await world.desk.sign_out(caller)
    with pytest.raises(LaudoError, match="session_ended"):
        await world.desk.refresh(signed_in.refresh_token, address=HERE)


async def test_stepping_up_needs_an_unused_code_and_an_open_session() -> None:
    world = World()
    await world.staff("medica@a.test")
    signed_in = await sign_in(world, "medica@a.test", code=world.code())
    caller = caller_of(signed_in, world)
    with pytest.raises(LaudoError, match="code_used"):
        await world.desk.step_up(Proof.typed(world.code()), caller, address=HERE)
    token = await world.desk.step_up(Proof.typed(world.code(1)), caller, address=HERE)
    assert token.expires_in == 600
    assert world.audited == ["session.start", "session.step_up"]
    await world.desk.sign_out(caller)
    world.clock.advance(timedelta(seconds=60))
    with pytest.raises(LaudoError, match="session_ended"):
        await world.desk.step_up(Proof.typed(world.code()), caller, address=HERE)

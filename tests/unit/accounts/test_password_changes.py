"""Changing a password and choosing another when it was forgotten; ending sessions."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.accounts.application.commands.begin_sign_in import Pending
from services.accounts.application.session_tokens import SignedIn
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from tests.unit.accounts.newcomer import (
    AT_HOME,
    HERE,
    STRANGER,
    add_totp,
    begin,
    caller_of,
    codes_sent,
    patient_caller,
    staff_caller,
)
from tests.unit.accounts.samples import PASSWORD, World

NEW = "outra frase, mais longa"


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


async def sessions_open(world: World) -> int:
    return sum(s.revoked_at is None for s in world.transactions.tables.sessions.values())


async def test_a_change_asks_for_the_old_password_and_ends_all_other_sessions() -> None:
    world = World()
    caller = await patient_caller(world)
    other = await begin(world, "ana@a.test")
    assert isinstance(other, SignedIn)
    with pytest.raises(LaudoError, match="old_password_wrong"):
        await world.desk.security.change_password("wrong", NEW, caller, address=None)
    await world.desk.security.change_password(PASSWORD, NEW, caller, address=None)
    with pytest.raises(LaudoError, match="session_ended"):
        await world.desk.refresh(other.refresh_token, address=None)
    assert await sessions_open(world) == 1
    assert world.transactions.tables.sessions[caller.session_id or caller.account_id].revoked_at is None
    with pytest.raises(LaudoError, match="sign_in_failed"):
        await begin(world, "ana@a.test", PASSWORD)
    assert isinstance(await begin(world, "ana@a.test", NEW), SignedIn)


async def test_guessing_the_old_password_in_a_session_left_open_is_slowed_down() -> None:
    world = World()
    caller = await patient_caller(world)
    for _ in range(5):
        with pytest.raises(LaudoError, match="old_password_wrong"):
            await world.desk.security.change_password("wrong", NEW, caller, address=None)
    with pytest.raises(LaudoError, match="too_many_attempts"):
        await world.desk.security.change_password(PASSWORD, NEW, caller, address=None)


async def test_how_long_a_password_must_be_depends_on_the_second_factor() -> None:
    world = World()
    patient = await patient_caller(world)
    with pytest.raises(LaudoError, match="password_length") as refused:
        await world.desk.security.change_password(PASSWORD, "k7vq2mzd", patient, address=None)
    assert refused.value.params["shortest"] == 15
    await world.desk.security.change_password(PASSWORD, "k7vq2mzd", await staff_caller(world), address=None)


async def test_a_reset_sets_a_password_once_and_ends_all_sessions() -> None:
    world = World()
    security = world.desk.security
    await patient_caller(world)
    ticket = await security.request_reset("ana@a.test", AT_HOME)
    [code] = codes_sent(world, "password_reset")
    with pytest.raises(LaudoError, match="reset_failed"):
        await security.reset_password(ticket, wrong(code), NEW, AT_HOME)
    await security.reset_password(ticket, code, NEW, AT_HOME)
    assert await sessions_open(world) == 0
    for again in (ticket, "invented"):
        with pytest.raises(LaudoError, match="reset_failed"):
            await security.reset_password(again, code, "mais uma frase longa", AT_HOME)
    assert isinstance(await begin(world, "ana@a.test", NEW), SignedIn)


async def test_a_reset_code_dies_after_ten_minutes_or_five_tries_and_serves_its_browser_alone() -> None:
    world = World()
    security = world.desk.security
    await world.patient("ana@a.test")
    late = await security.request_reset("ana@a.test", HERE)
    [code] = codes_sent(world, "password_reset")
    strangers = await security.request_reset("ana@a.test", STRANGER)
    for _ in range(6):  # a stranger's tries use up the stranger's ticket
        with pytest.raises(LaudoError, match="reset_failed"):
            await security.reset_password(strangers, code, NEW, STRANGER)
    world.clock.advance(timedelta(minutes=10))
    with pytest.raises(LaudoError, match="reset_failed"):
        await security.reset_password(late, code, NEW, HERE)
    ticket = await security.request_reset("ana@a.test", HERE)
    code = codes_sent(world, "password_reset")[-1]
    for _ in range(5):
        with pytest.raises(LaudoError, match="reset_failed"):
            await security.reset_password(ticket, wrong(code), NEW, HERE)
    with pytest.raises(LaudoError, match="reset_failed"):
        await security.reset_password(ticket, code, NEW, HERE)


async def test_strangers_do_not_use_up_the_codes_of_a_known_device() -> None:
    world = World()
    security = world.desk.security
    await world.patient("ana@a.test")
    await begin(world, "ana@a.test", visitor=AT_HOME)
    for _ in range(8):
        await security.request_reset("ana@a.test", STRANGER)
        world.clock.advance(timedelta(minutes=1))
    assert len(codes_sent(world, "password_reset")) == 5  # the telephone is not flooded
    await security.request_reset("ana@a.test", AT_HOME)
    assert len(codes_sent(world, "password_reset")) == 6


async def test_asking_for_a_reset_answers_and_leaves_the_same_for_everybody() -> None:
    world = World()
    security = world.desk.security
    await world.patient("ana@a.test")
    fresh = await world.patient("new@a.test")
    accounts = world.transactions.tables.accounts
    accounts[fresh.id] = replace(accounts[fresh.id], has_password=False)
    for login in ("ana@a.test", "new@a.test", "nobody@a.test"):
        ticket, before = await security.request_reset(login, HERE), world.hasher.hashed
        assert len(ticket) == 43
        with pytest.raises(LaudoError, match="reset_failed"):
            await security.reset_password(ticket, "no code", NEW, HERE)
        assert world.hasher.hashed == before + 1
    assert len(world.transactions.tables.tickets) == 3
    assert len(codes_sent(world, "password_reset")) == 1


async def test_the_second_factor_is_asked_for_after_a_reset_too() -> None:
    world = World()
    security = world.desk.security
    await add_totp(world, await patient_caller(world))
    ticket = await security.request_reset("ana@a.test", HERE)
    await security.reset_password(ticket, codes_sent(world, "password_reset")[0], "k7vq2mzd", HERE)
    assert isinstance(await begin(world, "ana@a.test", "k7vq2mzd"), Pending)


async def test_a_password_too_weak_for_this_person_leaves_the_code_good() -> None:
    world = World()
    security = world.desk.security
    await world.patient("ana@a.test")
    ticket = await security.request_reset("ana@a.test", HERE)
    [code] = codes_sent(world, "password_reset")
    for weak in ("k7vq2mzd", "Ana Lima Ana Lima 1988"):
        with pytest.raises(LaudoError, match=r"password_(length|common)"):
            await security.reset_password(ticket, code, weak, HERE)
    await security.reset_password(ticket, code, NEW, HERE)


async def test_sessions_are_listed_and_ended_one_by_one_or_all_others_at_once() -> None:
    world = World()
    security = world.desk.security
    first = await patient_caller(world)
    await begin(world, "ana@a.test", visitor=AT_HOME)
    third = await begin(world, "ana@a.test", visitor=STRANGER)
    assert isinstance(third, SignedIn)
    caller = caller_of(world, third)
    listed = (await security.overview(caller)).sessions
    assert len(listed) == 3
    assert first.session_id is not None
    stranger = await patient_caller(world, "bento@a.test")
    with pytest.raises(LaudoError, match="not_found"):
        await security.end_sessions.one(first.session_id, stranger, address=None)
    for _ in range(2):
        await security.end_sessions.one(first.session_id, caller, address=None)
    assert len((await security.overview(caller)).sessions) == 2
    assert await security.end_sessions.all_others(caller, address=None) == 1
    [left] = (await security.overview(caller)).sessions
    assert left.id == caller.session_id
    assert world.audited.count("session.end") == 1


async def test_sessions_are_ended_only_shortly_after_signing_in_or_confirming() -> None:
    """ASVS 5.0, 7.5.2. The session's own record counts, not what a token says."""
    world = World()
    end = world.desk.security.end_sessions
    caller = await patient_caller(world)
    other = await begin(world, "ana@a.test")
    assert isinstance(other, SignedIn)
    world.clock.advance(timedelta(minutes=5, seconds=1))
    for ending in (
        end.one(caller_of(world, other).session_id or new_id(), caller, address=None),
        end.all_others(caller, address=None),
        end.all_others(replace(caller, session_id=None), address=None),
    ):
        with pytest.raises(LaudoError, match="step_up_required"):
            await ending
    assert await sessions_open(world) == 2
    sessions = world.transactions.tables.sessions
    own = caller.session_id or new_id()
    sessions[own] = sessions[own].stepped_up(world.clock.now())
    assert await end.all_others(caller, address=None) == 1
    assert await sessions_open(world) == 1

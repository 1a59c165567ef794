"""Wherever a password is chosen, what everybody tries and what the person is called are refused; none ever expires."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from services.accounts.application.session_tokens import SignedIn
from services.accounts.domain.events import OneTimeCodeIssued
from tests.unit.accounts import test_own_account as own_account
from tests.unit.accounts import test_staff as staff
from tests.unit.accounts.newcomer import HERE, begin, codes_sent, patient_caller
from tests.unit.accounts.samples import PASSWORD, World
from tests.unit.accounts.test_people import register

Door = Callable[[World, str], Awaitable[None]]


async def change(world: World, password: str) -> None:
    caller = await patient_caller(world)
    await world.desk.security.change_password(PASSWORD, password, caller, address=None)


async def reset(world: World, password: str) -> None:
    await world.patient("ana@a.test")
    ticket = await world.desk.security.request_reset("ana@a.test", HERE)
    [code] = codes_sent(world, "password_reset")
    await world.desk.security.reset_password(ticket, code, password, HERE)


async def first_access(world: World, password: str) -> None:
    await register(world)
    await world.desk.request_first_access("ana@example.com")
    [issued, *_] = [event for event in world.events if isinstance(event, OneTimeCodeIssued)]
    await world.desk.complete_first_access("ana@example.com", issued.code, password, address=None)


async def sign_up(world: World, password: str) -> None:
    sign_up_id = await own_account.start(world)
    code = own_account.code_to(world, own_account.MAIL)
    await world.desk.identity.complete_sign_up(sign_up_id, code, password, address=None)


async def invitation(world: World, password: str) -> None:
    await staff.invite(world, await staff.admin(world))
    await staff.accept(world, password=password)


DOORS: dict[str, Door] = {
    "change": change,
    "reset": reset,
    "first access": first_access,
    "sign up": sign_up,
    "invitation": invitation,
}


@pytest.mark.parametrize("password", ["1234567890QWERTYUIOP", "Resultado-Exame-2026", "a" * 20])
@pytest.mark.parametrize("name", DOORS)
async def test_what_everybody_tries_is_refused_at_every_door(name: str, password: str) -> None:
    """ASVS 5.0, 6.2.4, 6.2.11, 6.2.12."""
    assert await own_account.refused(DOORS[name](World(), password)) == "password_common"


@pytest.mark.parametrize("name", DOORS)
async def test_what_is_long_and_ones_own_is_taken_at_every_door(name: str) -> None:
    await DOORS[name](World(), "quatro palavras bem longas")


async def test_a_password_never_expires() -> None:
    """ASVS 5.0, 6.2.10."""
    world = World()
    await world.patient("ana@a.test")
    world.clock.advance(timedelta(days=3650))
    assert isinstance(await begin(world, "ana@a.test"), SignedIn)

"""Codes go only to contacts that a code of their own came back from (ASVS 5.0, 6.6.1)."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.accounts.application.commands.begin_sign_in import Pending
from services.accounts.domain.account import Account
from services.accounts.domain.contact import Channel
from services.accounts.domain.events import AddressedMessage, OneTimeCodeIssued
from services.accounts.domain.new_contact import NewContact
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.newcomer import HERE, begin
from tests.unit.accounts.samples import World
from tests.unit.accounts.test_people import DESK_A, DESK_B, register

CHOSEN = "quatro palavras bem longas"
MAIL, MOBILE = "ana@example.com", "+5511987654321"


def issued(world: World, purpose: str) -> list[OneTimeCodeIssued]:
    return [each for each in world.events if isinstance(each, OneTimeCodeIssued) and each.purpose == purpose]


def account(world: World, person_id: UUID) -> Account:
    return world.transactions.tables.accounts[person_id]


async def came_in(world: World, channel: Channel) -> UUID:
    """A patient typed at the desk with both contacts, who used the code that came by this channel."""
    made = await register(world, DESK_A, email=MAIL, phone=MOBILE)
    await world.desk.request_first_access(MAIL)
    [code] = [each.code for each in issued(world, "first_access") if each.channels == (channel,)]
    await world.desk.complete_first_access(MAIL, code, CHOSEN, address=None)
    return UUID(made["person_id"])


async def test_each_contact_gets_a_code_of_its_own_at_the_first_access() -> None:
    world = World()
    await register(world, DESK_A, email=MAIL, phone=MOBILE)
    await world.desk.request_first_access(MAIL)
    codes = issued(world, "first_access")
    assert [each.channels for each in codes] == [("email",), ("sms",)]
    assert codes[0].code != codes[1].code


@pytest.mark.parametrize("channel", ["email", "sms"])
async def test_the_code_used_confirms_the_contact_it_went_to_and_later_codes_go_there_alone(
    channel: Channel,
) -> None:
    world = World()
    person_id = await came_in(world, channel)
    assert account(world, person_id).confirmed_channels == (channel,)
    await world.desk.security.request_reset(MAIL, HERE)
    assert [each.channels for each in issued(world, "password_reset")] == [(channel,)]


async def test_codes_at_sign_in_leave_out_the_number_that_only_the_desk_typed() -> None:
    world = World()
    person_id = await came_in(world, "email")
    credentials = world.transactions.tables.credentials[person_id]
    world.transactions.tables.credentials[person_id] = replace(credentials, by_contact=True)
    step = await begin(world, MAIL, CHOSEN)
    assert isinstance(step, Pending)
    await world.desk.security.send_sign_in_code(step.ticket)
    assert [each.channels for each in issued(world, "sign_in")] == [("email",)]


async def test_whoever_has_no_confirmed_contact_gets_no_code_that_lets_in() -> None:
    world = World()
    person_id = await came_in(world, "email")
    world.transactions.tables.accounts[person_id] = replace(account(world, person_id), email_confirmed=False)
    await world.desk.security.request_reset(MAIL, HERE)
    assert issued(world, "password_reset") == []


async def test_another_clinic_that_adds_a_number_does_not_confirm_it() -> None:
    world = World()
    made = await register(world, DESK_A, email=MAIL, phone=None)
    await register(world, DESK_B, email=None, phone=MOBILE)
    adopted = account(world, UUID(made["person_id"]))
    assert adopted.channels_on_file == ("email", "sms")
    assert adopted.confirmed_channels == ()


async def test_the_number_on_file_is_confirmed_by_asking_for_it_and_then_gets_codes() -> None:
    world = World()
    person_id = await came_in(world, "email")
    me = Principal(person_id, frozenset({Role.PATIENT}), step_up_at=world.clock.now())
    contact = NewContact.parse(None, MOBILE)
    assert await world.desk.identity.request_contact_change(contact, me)
    sent = [each for each in world.events if isinstance(each, AddressedMessage)]
    assert [each.address for each in sent] == [MOBILE, MAIL]
    codes = [each.code for each in sent if each.code]
    await world.desk.identity.confirm_contact_change(codes, me, address=None)
    assert account(world, person_id).confirmed_channels == ("email", "sms")
    words = [e for e in world.events if isinstance(e, AddressedMessage) and e.template == "contact_changed"]
    assert words == []  # nothing was replaced
    with pytest.raises(LaudoError, match="contact_same"):
        await world.desk.identity.request_contact_change(contact, me)


async def test_the_email_on_file_is_confirmed_the_same_way_and_stays_the_login() -> None:
    world = World()
    person_id = await came_in(world, "sms")
    me = Principal(person_id, frozenset({Role.PATIENT}), step_up_at=world.clock.now())
    await world.desk.identity.request_contact_change(NewContact.parse(MAIL, None), me)
    codes = [each.code for each in world.events if isinstance(each, AddressedMessage) and each.code]
    await world.desk.identity.confirm_contact_change(codes, me, address=None)
    assert account(world, person_id).email_confirmed
    assert (await world.desk.sign_in(MAIL, CHOSEN, None, address=None)).identity.account.id == person_id

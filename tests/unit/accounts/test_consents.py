"""What a person reads, gives and withdraws: who may, what is kept, and what follows."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.accounts.application.commands.answer_text import Answer
from services.accounts.domain.consent import (
    ConsentAct,
    ConsentChannel,
    ConsentEntry,
    ConsentKind,
    ConsentText,
    Wording,
    waits_for_answer,
)
from services.accounts.domain.erasure_items import Outcome
from services.accounts.domain.events import AccountUpdated
from services.accounts.infrastructure.messaging.wire_events import message_of
from services.accounts.infrastructure.reference_data.consent_texts import FILE, ShippedConsentTexts
from services.shared.contracts.accounts import AccountUpdated as Wire
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.unit.accounts.samples import CLINIC_A, CPF_ANA, NOW, World
from tests.unit.accounts.test_erasures import after, ask, carry_out
from tests.unit.accounts.test_http import Door
from tests.unit.accounts.test_own_account import CHOSEN, MAIL, code_to, refused, signed_up, start
from tests.unit.accounts.test_people import DESK_B
from tests.unit.accounts.test_proxies import register, repeat

SMS, TERMS = ConsentKind.SMS_MESSAGES, ConsentKind.TERMS
GIVEN, WITHDRAWN, READ = ConsentAct.GIVEN, ConsentAct.WITHDRAWN, ConsentAct.ACKNOWLEDGED
DESK = Principal(new_id(), frozenset({Role.RECEPTIONIST}), CLINIC_A.id)


class RevisedTexts:
    """The shipped texts with one more version of each."""

    def __init__(self, *, asks_again: bool) -> None:
        self._asks_again = asks_again

    def of(self, kind: ConsentKind) -> list[ConsentText]:
        first = ShippedConsentTexts().of(kind)[0]
        wordings = {locale: Wording("T", "B", "b" * 64) for locale in first.wordings}
        return [first, replace(first, version=2, asks_again=self._asks_again, wordings=wordings)]


def answered(kind: ConsentKind, act: ConsentAct, version: int = 1) -> Answer:
    return Answer(kind=kind, act=act, version=version, locale="pt-BR")


async def answer(
    world: World, caller: Principal, kind: ConsentKind, act: ConsentAct, child: UUID | None = None
) -> None:
    await world.desk.consents.answer(answered(kind, act), caller, on_behalf_of=child, address="203.0.113.7")


async def history(world: World, caller: Principal, child: UUID | None = None) -> list[ConsentEntry]:
    return list((await world.desk.consents.read(caller, on_behalf_of=child)).history)


async def waiting(world: World, caller: Principal) -> set[ConsentKind]:
    found = await world.desk.consents.read(caller, on_behalf_of=None)
    return {each.text.kind for each in found.standings if each.waits}


def told(world: World) -> list[tuple[str, bool]]:
    updates = [each for each in world.events if isinstance(each, AccountUpdated) and each.messages]
    wires = [data for each in updates if isinstance(data := message_of(each)[0].data, Wire)]
    return [(one.channel, one.allowed) for each in wires for one in each.messages]


async def with_guardian(world: World, born: str) -> tuple[UUID, Principal, Principal]:
    """Return the minor's record, the minor and the guardian."""
    child_id, child = await register(world, cpf=None, birth_date=born, email="b@example.com")
    adult_id, adult = await register(world)
    await world.desk.record_guardian(child_id, adult_id, "birth_certificate", DESK, repeat(), address=None)
    return child_id, child, adult


async def test_an_answer_is_kept_with_the_text_that_was_shown_and_told_once() -> None:
    world = World()
    _, ana = await register(world)
    before = len(world.audited)
    await answer(world, ana, SMS, GIVEN)
    await answer(world, ana, SMS, GIVEN)
    [entry] = await history(world, ana)
    shown = ShippedConsentTexts().of(SMS)[0].wordings["pt-BR"]
    assert (entry.version, entry.text_sha256, entry.channel) == (1, shown.sha256, ConsentChannel.PORTAL)
    assert (entry.actor_id, entry.by_guardian, entry.at) == (ana.account_id, False, NOW)
    assert told(world) == [("sms", True)]
    assert world.audited[before:] == ["consent.give"]


async def test_withdrawn_as_easily_as_given_the_channel_falls_silent_and_both_lines_stay() -> None:
    world = World()
    _, ana = await register(world)
    versions = []
    for act in (GIVEN, WITHDRAWN, GIVEN):
        await answer(world, ana, SMS, act)
        versions.append(world.transactions.tables.accounts[ana.account_id].version)
    assert [each.act for each in await history(world, ana)] == [GIVEN, WITHDRAWN, GIVEN]
    assert told(world) == [("sms", True), ("sms", False), ("sms", True)]
    assert versions == sorted(set(versions)), "a later word must not be taken for an older one"


async def test_a_notice_is_read_and_a_consent_is_given_and_neither_passes_for_the_other() -> None:
    world = World()
    _, ana = await register(world)
    assert await refused(answer(world, ana, TERMS, GIVEN)) == "consent_act"
    assert await refused(answer(world, ana, SMS, READ)) == "consent_act"
    await answer(world, ana, TERMS, READ)
    assert told(world) == []
    assert await waiting(world, ana) == {ConsentKind.PRIVACY}


async def test_only_the_current_version_is_consented_to_and_any_is_withdrawn() -> None:
    world = World()
    _, ana = await register(world)
    await answer(world, ana, SMS, GIVEN)
    world.desk.consents.answer._texts = RevisedTexts(asks_again=True)
    assert await refused(answer(world, ana, SMS, GIVEN)) == "text_outdated"
    await answer(world, ana, SMS, WITHDRAWN)
    assert [(each.act, each.version) for each in await history(world, ana)] == [(WITHDRAWN, 1), (GIVEN, 1)]


@pytest.mark.parametrize(
    ("kind", "act", "asks_again", "waits"),
    [
        (TERMS, None, True, True),
        (TERMS, READ, True, True),
        (TERMS, READ, False, False),
        (SMS, None, True, False),
        (SMS, GIVEN, True, True),
        (SMS, GIVEN, False, False),
        (SMS, WITHDRAWN, True, False),
    ],
)
async def test_a_new_version_asks_again_only_whom_it_concerns(
    kind: ConsentKind, act: ConsentAct | None, asks_again: bool, waits: bool
) -> None:
    world = World()
    _, ana = await register(world)
    if act is not None:
        await answer(world, ana, kind, act)
    newest = next(iter(await history(world, ana)), None)
    assert waits_for_answer(RevisedTexts(asks_again=asks_again).of(kind), newest) is waits


async def test_a_guardian_answers_as_themself_and_only_while_one() -> None:
    world = World()
    child_id, child, adult = await with_guardian(world, "2016-05-05")
    assert await refused(answer(world, child, SMS, GIVEN)) == "child_consent"
    await answer(world, adult, SMS, GIVEN, child.account_id)
    [entry] = await history(world, adult, child.account_id)
    assert (entry.person_id, entry.actor_id, entry.by_guardian) == (child.account_id, adult.account_id, True)
    assert await history(world, adult) == []
    await answer(world, child, SMS, WITHDRAWN)
    (held,) = (await world.desk.list_proxies(adult)).held
    await world.desk.end_proxy.by_desk(child_id, held.id, DESK, address=None)
    for work in (
        answer(world, adult, SMS, GIVEN, child.account_id),
        world.desk.consents.read(adult, on_behalf_of=child.account_id),
    ):
        assert await refused(work) == "not_found"
    assert len(await history(world, child)) == 2


async def test_an_adolescent_answers_and_whoever_was_merely_let_in_does_not() -> None:
    world = World()
    _, teenager, _ = await with_guardian(world, "2012-05-05")
    await answer(world, teenager, SMS, GIVEN)
    _, stranger = await register(world, cpf=None, name="Zeca Prado", birth_date="1970-01-01")
    assert await refused(answer(world, stranger, SMS, GIVEN, teenager.account_id)) == "not_found"


async def test_the_desk_writes_down_what_its_patient_says_and_no_other_clinics() -> None:
    world = World()
    patient_id, ana = await register(world)
    at_desk = world.desk.consents.answer.at_desk
    assert await refused(at_desk(patient_id, answered(SMS, GIVEN), DESK_B, address=None)) == "not_found"
    await at_desk(patient_id, answered(SMS, WITHDRAWN), DESK, address=None)
    [entry] = await history(world, ana)
    assert (entry.channel, entry.actor_id, entry.by_guardian) == (
        ConsentChannel.DESK,
        DESK.account_id,
        False,
    )
    row = list(world.transactions.tables.audit.values())[-1]
    assert (row.clinic_id, row.patient_id, row.action) == (CLINIC_A.id, patient_id, "consent.withdraw")
    assert told(world) == [("sms", False)]


async def test_signing_up_notes_the_notices_that_were_shown_and_takes_no_consent() -> None:
    world = World()
    sign_up_id = await start(world)
    shown = {TERMS: 1, ConsentKind.PRIVACY: 9, SMS: 1}
    code = code_to(world, MAIL)
    await world.desk.identity.complete_sign_up(sign_up_id, code, CHOSEN, shown=shown, address=None)
    ana = Principal(sign_up_id, frozenset({Role.PATIENT}))
    [entry] = await history(world, ana)
    assert (entry.kind, entry.act, entry.channel) == (TERMS, READ, ConsentChannel.SIGN_UP)
    assert await waiting(world, ana) == {ConsentKind.PRIVACY}


async def test_who_has_no_record_yet_is_told_of_under_the_clinic_of_the_sign_up() -> None:
    world = World()
    ana = await signed_up(world)
    await answer(world, ana, ConsentKind.EMAIL_MESSAGES, WITHDRAWN)
    assert told(world) == [("email", False)]


async def test_the_ledger_outlives_the_person_without_naming_anybody() -> None:
    world = World()
    _, known = await register(world, cpf=CPF_ANA)
    ana = replace(known, step_up_at=world.clock.now())
    await answer(world, ana, SMS, GIVEN)
    asked = await ask(world, ana)
    [item] = [each for each in asked.items if each.name == "consents"]
    assert (item.outcome, "art" in item.basis) == (Outcome.KEPT, True)
    after(world)
    await carry_out(world)
    [entry] = world.transactions.tables.consents.values()
    assert (entry.act, entry.person_id) == (GIVEN, ana.account_id)


def test_a_text_is_not_edited_under_its_digest(tmp_path: Path) -> None:
    edited = tmp_path / "texts.toml"
    edited.write_text(FILE.read_text("utf-8").replace("A conta é pessoal", "A conta é sua"), "utf-8")
    with pytest.raises(ValueError, match="terms 1 pt-BR"):
        ShippedConsentTexts(edited)
    edited.write_text(FILE.read_text("utf-8").replace("version = 1", "version = 2", 1), "utf-8")
    with pytest.raises(ValueError, match="terms"):
        ShippedConsentTexts(edited)


# --- the edge ----------------------------------------------------------------------------------------------


async def test_the_edge_lists_answers_and_shows_texts_to_anybody() -> None:
    door = Door()
    _, ana = await register(door.world)
    token = door.world.devices.issuer.for_principal(replace(ana, session_id=new_id()), SystemClock().now())
    mine: dict[str, Any] = {"headers": {"Authorization": f"Bearer {token.value}"}}
    body = {"act": "withdrawn", "version": 1, "locale": "en"}
    assert (await door.send("PUT", "/consents/sms_messages", json=body, **mine)).status_code == 204
    found = (await door.send("GET", "/consents?locale=en", **mine)).json()
    assert {each["kind"]: (each["nature"], each["waits"]) for each in found["items"]} == {
        "terms": ("notice", True),
        "privacy": ("notice", True),
        "email_messages": ("consent", False),
        "sms_messages": ("consent", False),
    }
    [line] = found["history"]
    assert (line["act"], line["by"], line["locale"], line["channel"]) == (
        "withdrawn",
        "person",
        "en",
        "portal",
    )
    text = (await door.send("GET", "/consents/texts/sms_messages?version=1&locale=en")).json()
    assert (text["sha256"], text["published_on"]) == (line["text_sha256"], date(2026, 11, 26).isoformat())
    assert (await door.send("GET", "/consents/texts/terms?version=7")).status_code == 404
    wrong = await door.send("PUT", "/consents/terms", json=body, **mine)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "accounts.consent_act")
    await door.http.aclose()


@pytest.mark.parametrize("role", list(Role))
async def test_patients_answer_for_themselves_and_the_desk_for_its_patients(role: Role) -> None:
    door = Door()
    nobody = "0193a000-0000-7000-8000-0000000000ff"
    desk = {Role.RECEPTIONIST, Role.ADMINISTRATOR}
    for method, path, may in (
        ("GET", "/consents", {Role.PATIENT}),
        ("PUT", "/consents/terms", {Role.PATIENT}),
        ("PUT", f"/patients/{nobody}/consents/terms", desk),
    ):
        got = await door.send(method, path, headers=door.bearer(role))
        assert (got.status_code == 403) == (role not in may)
    await door.http.aclose()

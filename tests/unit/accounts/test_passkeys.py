"""Passkeys, with real keys and signatures: registration, both ways of signing in, step-up."""

from datetime import timedelta
from typing import Any

import pytest

from services.accounts.application.session_tokens import SignedIn
from services.accounts.domain.second_factor import Factor
from services.shared.kernel.errors import LaudoError
from tests.support.software_authenticator import SoftwareAuthenticator
from tests.unit.accounts.newcomer import (
    HERE,
    add_passkey,
    add_totp,
    caller_of,
    codes_sent,
    contact,
    passkey,
    patient_caller,
    pending,
    staff_caller,
)
from tests.unit.accounts.samples import PUBLIC_URL, World


async def test_a_passkey_alone_signs_in_when_it_checked_the_person() -> None:
    world = World()
    security = world.desk.security
    caller = await patient_caller(world)
    device = await add_passkey(world, caller)
    challenge = await security.challenge_passkey(None)
    assert challenge.options["allowCredentials"] == []
    assert challenge.options["userVerification"] == "required"
    signed_in = await security.sign_in_with_passkey(
        challenge.ticket, device.get(dict(challenge.options)), HERE
    )
    assert signed_in.identity.account.id == caller.account_id


async def test_staff_enter_their_clinic_with_a_passkey_alone() -> None:
    world = World()
    caller = await staff_caller(world)
    device = await add_passkey(world, caller, counts=False)
    for _ in range(2):
        challenge = await world.desk.security.challenge_passkey(None)
        answer = device.get(dict(challenge.options))
        signed_in = await world.desk.security.sign_in_with_passkey(challenge.ticket, answer, HERE)
        assert signed_in.identity.clinic is not None


async def test_a_passkey_is_a_second_factor_after_the_password() -> None:
    world = World()
    security = world.desk.security
    device = await add_passkey(world, await patient_caller(world))
    step = await pending(world, "ana@a.test")
    assert step.factors == (Factor.PASSKEY, Factor.RECOVERY_CODE)
    challenge = await security.challenge_passkey(step.ticket)
    assert len(challenge.options["allowCredentials"]) == 1
    answer = device.get(dict(challenge.options))
    assert isinstance(await security.prove_sign_in(step.ticket, passkey(answer), HERE), SignedIn)


@pytest.mark.parametrize(
    "spoil",
    [
        {"origin": "http://evil.test"},
        {"challenge": "AAAA"},
        {"type": "webauthn.create"},
    ],
)
async def test_an_answer_for_another_site_challenge_or_ceremony_is_refused(spoil: dict[str, Any]) -> None:
    world = World()
    device = await add_passkey(world, await patient_caller(world))
    challenge = await world.desk.security.challenge_passkey(None)
    with pytest.raises(LaudoError, match="passkey_refused"):
        await world.desk.security.sign_in_with_passkey(
            challenge.ticket, device.get(dict(challenge.options), **spoil), HERE
        )


async def test_a_challenge_serves_one_answer_right_or_wrong() -> None:
    world = World()
    security = world.desk.security
    device = await add_passkey(world, await patient_caller(world))
    challenge = await security.challenge_passkey(None)
    answer = device.get(dict(challenge.options))
    await security.sign_in_with_passkey(challenge.ticket, answer, HERE)
    with pytest.raises(LaudoError, match="ticket_ended"):
        await security.sign_in_with_passkey(challenge.ticket, answer, HERE)
    challenge = await security.challenge_passkey(None)
    with pytest.raises(LaudoError, match="passkey_refused"):
        await security.sign_in_with_passkey(challenge.ticket, answer, HERE)
    with pytest.raises(LaudoError, match="ticket_ended"):
        await security.sign_in_with_passkey(challenge.ticket, device.get(dict(challenge.options)), HERE)


async def test_a_copied_authenticator_is_found_by_its_counter() -> None:
    world = World()
    device = await add_passkey(world, await patient_caller(world))
    challenge = await world.desk.security.challenge_passkey(None)
    await world.desk.security.sign_in_with_passkey(
        challenge.ticket, device.get(dict(challenge.options)), HERE
    )
    device.sign_count = 0
    challenge = await world.desk.security.challenge_passkey(None)
    with pytest.raises(LaudoError, match="passkey_refused"):
        await world.desk.security.sign_in_with_passkey(
            challenge.ticket, device.get(dict(challenge.options)), HERE
        )


async def test_without_a_check_of_the_person_it_is_no_only_step_and_no_step_up() -> None:
    world = World()
    security = world.desk.security
    caller = await patient_caller(world)
    device = await add_passkey(world, caller)
    device.verifies_user = False
    challenge = await security.challenge_passkey(None)
    with pytest.raises(LaudoError, match="passkey_refused"):
        await security.sign_in_with_passkey(challenge.ticket, device.get(dict(challenge.options)), HERE)
    challenge = await security.prepare_step_up.challenge(caller)
    with pytest.raises(LaudoError, match="passkey_refused"):
        await world.desk.step_up(
            passkey(device.get(dict(challenge.options))), caller, address=None, token=challenge.ticket
        )


async def test_anothers_passkey_is_no_second_factor() -> None:
    world = World()
    security = world.desk.security
    await add_passkey(world, await patient_caller(world, "ana@a.test"))
    of_bento = await add_passkey(world, await patient_caller(world, "bento@a.test"))
    step = await pending(world, "ana@a.test")
    challenge = await security.challenge_passkey(step.ticket)
    with pytest.raises(LaudoError, match="passkey_refused"):
        await security.prove_sign_in(step.ticket, passkey(of_bento.get(dict(challenge.options))), HERE)


@pytest.mark.parametrize(
    "answer", [{}, {"rawId": 7}, {"rawId": "AA", "response": None}, {"id": "x", "rawId": "x"}]
)
async def test_what_is_no_answer_is_refused(answer: dict[str, Any]) -> None:
    world = World()
    device = await add_passkey(world, await patient_caller(world))
    challenge = await world.desk.security.challenge_passkey(None)
    if answer.get("response", ...) is None:
        answer = device.get(dict(challenge.options)) | {"response": None}
    with pytest.raises(LaudoError, match="passkey_refused"):
        await world.desk.security.sign_in_with_passkey(challenge.ticket, answer, HERE)


async def test_a_releaser_steps_up_with_a_passkey_in_the_session_that_asked() -> None:
    world = World()
    caller = await staff_caller(world)
    device = await add_passkey(world, caller)
    challenge = await world.desk.security.prepare_step_up.challenge(caller)
    proof = passkey(device.get(dict(challenge.options)))
    world.clock.advance(timedelta(minutes=1))
    elsewhere = caller_of(
        world,
        await world.desk.sign_in("medica@a.test", "três palavras sem relação", world.code(), address=None),
    )
    with pytest.raises(LaudoError, match="factor_not_accepted"):
        await world.desk.step_up(proof, elsewhere, address=None, token=challenge.ticket)
    token = await world.desk.step_up(proof, caller, address=None, token=challenge.ticket)
    assert token.value
    with pytest.raises(LaudoError, match="ticket_ended"):
        await world.desk.step_up(proof, caller, address=None, token=challenge.ticket)


async def test_a_code_to_the_contact_steps_up_patients_without_a_factor_and_nobody_else() -> None:
    world = World()
    security = world.desk.security
    patient = await patient_caller(world)
    ticket = await security.prepare_step_up.send_code(patient)
    [code] = codes_sent(world, "step_up")
    assert (await world.desk.step_up(contact(code), patient, address=None, token=ticket)).value
    await add_totp(world, patient)
    for caller in (patient, await staff_caller(world)):
        with pytest.raises(LaudoError, match="factor_not_accepted"):
            await security.prepare_step_up.send_code(caller)
        with pytest.raises(LaudoError, match="factor_not_accepted"):
            await world.desk.step_up(contact(code), caller, address=None, token=None)


async def test_passkeys_are_named_renamed_and_removed_by_their_owner_alone() -> None:
    world = World()
    security = world.desk.security
    ana, bento = await patient_caller(world, "ana@a.test"), await patient_caller(world, "bento@a.test")
    await add_passkey(world, ana, "  Celular \n da Ana ")
    [kept] = (await security.overview(ana)).passkeys
    assert kept.name == "Celular da Ana"
    assert kept.transports == ("hybrid", "internal")
    for stolen in (
        security.passkeys.rename(kept.id, "minha", bento),
        security.passkeys.remove(kept.id, bento, address=None),
    ):
        with pytest.raises(LaudoError, match="not_found"):
            await stolen
    for bad in ("", "   ", "x" * 61):
        with pytest.raises(LaudoError, match="passkey_name_invalid"):
            await security.passkeys.rename(kept.id, bad, ana)
    await security.passkeys.rename(kept.id, "Chave azul", ana)
    await security.passkeys.remove(kept.id, ana, address=None)
    assert (await security.overview(ana)).passkeys == []


async def test_a_credential_is_registered_once_and_only_for_its_challenge() -> None:
    world = World()
    security = world.desk.security
    ana, bento = await patient_caller(world, "ana@a.test"), await patient_caller(world, "bento@a.test")
    device = await add_passkey(world, ana)
    challenge = await security.passkeys.begin(bento)
    with pytest.raises(LaudoError, match="passkey_known"):
        await security.passkeys.add(
            challenge.ticket, device.create(dict(challenge.options)), "x", bento, address=None
        )
    other = await security.passkeys.begin(ana)
    answer = SoftwareAuthenticator(PUBLIC_URL).create(dict(challenge.options))
    with pytest.raises(LaudoError, match="passkey_not_added"):
        await security.passkeys.add(other.ticket, answer, "x", ana, address=None)


async def test_an_authenticator_that_checks_nobody_is_not_registered() -> None:
    world = World()
    caller = await patient_caller(world)
    with pytest.raises(LaudoError, match="passkey_not_added"):
        await add_passkey(world, caller, verifies_user=False)

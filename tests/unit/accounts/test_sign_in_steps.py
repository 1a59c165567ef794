"""Signing in step by step: which second factor is asked of whom, tickets, and the way to the first authenticator."""

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from services.accounts.application.commands.begin_sign_in import Pending
from services.accounts.application.commands.prove_second_factor import Proof
from services.accounts.application.ports import Credentials
from services.accounts.application.recovery_codes import RecoveryCodes
from services.accounts.application.session_tokens import SignedIn
from services.accounts.domain.second_factor import Factor
from services.accounts.infrastructure.security.password_hashing import Argon2PasswordHasher
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from tests.unit.accounts.newcomer import (
    AT_HOME,
    HERE,
    STRANGER,
    add_passkey,
    add_totp,
    alerts,
    begin,
    codes_sent,
    contact,
    patient_caller,
    pending,
    recovery,
    staff_caller,
    wrong_code,
)
from tests.unit.accounts.samples import PASSWORD, World, in_memory_vault


async def newcomer(world: World) -> None:
    """A releaser with a password and nothing else."""
    releaser = await world.staff("nova@a.test", Role.RELEASER)
    kept = world.transactions.tables.credentials
    kept[releaser.account_id] = replace(kept[releaser.account_id], totp_secret=None)


async def test_a_patient_without_a_second_factor_is_in_after_the_password() -> None:
    world = World()
    await world.patient("ana@a.test")
    assert isinstance(await begin(world, "ana@a.test"), SignedIn)


async def test_staff_get_a_ticket_for_the_authenticator_and_enter_with_its_code() -> None:
    world = World()
    await world.staff("medica@a.test")
    step = await pending(world, "medica@a.test")
    assert (step.factors, step.must_enrol) == ((Factor.TOTP,), False)
    assert world.transactions.tables.sessions == {}
    with pytest.raises(LaudoError, match="code_invalid"):
        await world.desk.security.prove_sign_in(step.ticket, Proof.typed(wrong_code(world)), HERE)
    signed_in = await world.desk.security.prove_sign_in(step.ticket, Proof.typed(world.code()), HERE)
    assert isinstance(signed_in, SignedIn)
    with pytest.raises(LaudoError, match="ticket_ended"):
        await world.desk.security.prove_sign_in(step.ticket, Proof.typed(world.code(1)), HERE)


async def test_a_ticket_ends_after_fifteen_minutes_and_an_invented_one_is_nothing() -> None:
    world = World()
    await world.staff("medica@a.test")
    step = await pending(world, "medica@a.test")
    world.clock.advance(timedelta(minutes=15))
    for ticket in (step.ticket, "invented"):
        with pytest.raises(LaudoError, match="ticket_ended"):
            await world.desk.security.prove_sign_in(ticket, Proof.typed(world.code()), HERE)


async def test_staff_without_a_factor_prove_their_contact_then_set_one_up_before_anything_else() -> None:
    world = World()
    security = world.desk.security
    await newcomer(world)
    step = await pending(world, "nova@a.test")
    assert (step.factors, step.must_enrol) == ((Factor.CONTACT_CODE,), True)
    with pytest.raises(LaudoError, match="factor_not_accepted"):
        await security.enrol_at_sign_in.begin(step.ticket)
    await security.send_sign_in_code(step.ticket)
    [code] = codes_sent(world, "sign_in")
    proved = await security.prove_sign_in(step.ticket, contact(code), HERE)
    assert proved == Pending(step.ticket, must_enrol=True)
    assert world.transactions.tables.sessions == {}
    new = await security.enrol_at_sign_in.begin(step.ticket)
    assert new.secret in new.address
    now = int(world.clock.now().timestamp())
    with pytest.raises(LaudoError, match="code_invalid"):
        await security.enrol_at_sign_in.confirm(new.ticket, pyotp.TOTP(new.secret).at(now + 3600), HERE)
    enrolled = await security.enrol_at_sign_in.confirm(new.ticket, pyotp.TOTP(new.secret).at(now), HERE)
    assert len(set(enrolled.recovery_codes)) == 10
    assert (await pending(world, "nova@a.test")).factors == (Factor.TOTP, Factor.RECOVERY_CODE)


async def test_five_wrong_codes_end_an_enrolment() -> None:
    world = World()
    await newcomer(world)
    security, step = world.desk.security, await pending(world, "nova@a.test")
    await security.send_sign_in_code(step.ticket)
    await security.prove_sign_in(step.ticket, contact(codes_sent(world, "sign_in")[0]), HERE)
    new = await security.enrol_at_sign_in.begin(step.ticket)
    totp, now = pyotp.TOTP(new.secret), int(world.clock.now().timestamp())
    for _ in range(5):
        with pytest.raises(LaudoError, match="code_invalid"):
            await security.enrol_at_sign_in.confirm(new.ticket, totp.at(now + 3600), HERE)
    with pytest.raises(LaudoError, match="code_invalid"):
        await security.enrol_at_sign_in.confirm(new.ticket, totp.at(now), HERE)


async def test_whoever_has_an_authenticator_is_never_let_in_by_a_code_to_the_contact() -> None:
    world = World()
    await world.staff("medica@a.test")
    step = await pending(world, "medica@a.test")
    with pytest.raises(LaudoError, match="factor_not_accepted"):
        await world.desk.security.send_sign_in_code(step.ticket)
    with pytest.raises(LaudoError, match="factor_not_accepted"):
        await world.desk.security.prove_sign_in(step.ticket, contact("123456"), HERE)


async def test_a_patient_may_choose_codes_by_contact_which_serve_one_ticket() -> None:
    world = World()
    security = world.desk.security
    caller = await patient_caller(world)
    await security.choose_contact_codes(True, caller, address=None)
    first, second = await pending(world, "ana@a.test"), await pending(world, "ana@a.test")
    await security.send_sign_in_code(first.ticket)
    with pytest.raises(LaudoError, match="code_too_soon") as soon:
        await security.send_sign_in_code(second.ticket)
    assert soon.value.params["wait_seconds"] == 61
    [code] = codes_sent(world, "sign_in")
    with pytest.raises(LaudoError, match="contact_code_invalid"):
        await security.prove_sign_in(second.ticket, contact(code), HERE)
    assert isinstance(await security.prove_sign_in(first.ticket, contact(f" {code} "), HERE), SignedIn)
    with pytest.raises(LaudoError, match="second_factor_missing"):
        await world.desk.sign_in("ana@a.test", PASSWORD, "123456", address=HERE.address)


async def test_a_contact_code_dies_after_ten_minutes_or_five_tries() -> None:
    world = World()
    security, caller = world.desk.security, await patient_caller(world)
    await security.choose_contact_codes(True, caller, address=None)
    step = await pending(world, "ana@a.test")
    await security.send_sign_in_code(step.ticket)
    code = codes_sent(world, "sign_in")[-1]
    world.clock.advance(timedelta(minutes=10))
    with pytest.raises(LaudoError, match="contact_code_invalid"):
        await security.prove_sign_in(step.ticket, contact(code), HERE)
    await security.send_sign_in_code(step.ticket)
    code = codes_sent(world, "sign_in")[-1]
    for _ in range(5):
        world.clock.advance(timedelta(seconds=40))  # past the pause after failures
        wrong = "000000" if code != "000000" else "111111"
        with pytest.raises(LaudoError, match=r"contact_code_invalid|too_many"):
            await security.prove_sign_in(step.ticket, contact(wrong), HERE)
    world.clock.advance(timedelta(minutes=1, seconds=30))
    with pytest.raises(LaudoError, match=r"contact_code_invalid|ticket_ended"):
        await security.prove_sign_in(step.ticket, contact(code), HERE)


async def test_recovery_codes_get_in_once_each_and_new_ones_replace_them() -> None:
    world = World()
    security = world.desk.security
    caller = await patient_caller(world)
    _, codes = await add_totp(world, caller)
    typed = codes[0].lower().replace("-", " ")
    step = await pending(world, "ana@a.test")
    assert isinstance(await security.prove_sign_in(step.ticket, recovery(typed), HERE), SignedIn)
    step = await pending(world, "ana@a.test")
    with pytest.raises(LaudoError, match="recovery_code_invalid"):
        await security.prove_sign_in(step.ticket, recovery(codes[0]), HERE)
    await world.desk.sign_in("ana@a.test", PASSWORD, codes[1], address=HERE.address)
    fresh = await security.renew_recovery_codes(caller, address=None)
    assert not set(fresh) & set(codes)
    with pytest.raises(LaudoError, match="recovery_code_invalid"):
        await security.prove_sign_in(step.ticket, recovery(codes[2]), HERE)
    assert isinstance(await security.prove_sign_in(step.ticket, recovery(fresh[0]), HERE), SignedIn)


async def test_recovery_codes_rest_as_slow_salted_hashes_of_keyed_ones() -> None:
    """ASVS 5.0, 6.5.2: less than 112 bits are kept as passwords are."""
    vault, hasher, ana, bento = in_memory_vault(), Argon2PasswordHasher(), new_id(), new_id()
    codes, kept = await RecoveryCodes(vault, hasher).new(ana)
    assert all(each.startswith(b"$argon2id$v=19$m=19456,t=2,p=1$") for each in kept)
    assert len({each.split(b"$")[4] for each in kept}) == 10  # a salt each
    typed = codes[9].lower().replace("-", " ")
    assert await RecoveryCodes(vault, hasher).find(ana, typed, kept) == kept[9]
    for of, person_id in ((vault, bento), (in_memory_vault(), ana)):  # another person's, or without the key
        assert await RecoveryCodes(of, hasher).find(person_id, codes[9], kept[9:]) is None


async def test_an_authenticator_counts_only_once_confirmed_and_the_one_before_stays_good() -> None:
    world = World()
    caller = await staff_caller(world)
    new = await world.desk.security.authenticator.begin(caller)
    world.clock.advance(timedelta(seconds=30))
    await world.desk.sign_in("medica@a.test", PASSWORD, world.code(), address=HERE.address)
    with pytest.raises(LaudoError, match="code_invalid"):
        await world.desk.security.authenticator.confirm(new.ticket, world.code(), caller, address=None)
    kept = world.transactions.tables.credentials[caller.account_id]
    assert kept.totp_secret != new.secret


async def test_changes_of_security_need_a_fresh_step_up() -> None:
    world = World()
    security = world.desk.security
    caller = replace(await staff_caller(world), step_up_at=world.clock.now() - timedelta(minutes=6))
    for change in (
        security.authenticator.begin(caller),
        security.authenticator.remove(caller, address=None),
        security.passkeys.begin(caller),
        security.renew_recovery_codes(caller, address=None),
        security.choose_contact_codes(True, caller, address=None),
    ):
        with pytest.raises(LaudoError, match="step_up_required"):
            await change


async def test_staff_keep_their_last_factor_and_patients_a_password_long_enough_to_stand_alone() -> None:
    world = World()
    security = world.desk.security
    staff = await staff_caller(world)
    with pytest.raises(LaudoError, match="factor_needed"):
        await security.authenticator.remove(staff, address=None)
    await add_passkey(world, staff)
    await security.authenticator.remove(staff, address=None)
    patient = await patient_caller(world)
    await add_totp(world, patient)
    await security.change_password(PASSWORD, "k7vq2mzd", patient, address=None)
    with pytest.raises(LaudoError, match="password_too_short_alone"):
        await security.authenticator.remove(patient, address=None)
    await security.change_password("k7vq2mzd", "k7vq2mzd k7vq2mzd", patient, address=None)
    await security.authenticator.remove(patient, address=None)
    assert isinstance(await begin(world, "ana@a.test", "k7vq2mzd k7vq2mzd"), SignedIn)


async def test_the_person_is_told_of_a_new_device_and_of_no_other() -> None:
    world = World()
    await world.patient("ana@a.test")
    for visitor, told in ((AT_HOME, 0), (AT_HOME, 0), (STRANGER, 1), (STRANGER, 1), (HERE, 2), (HERE, 2)):
        await begin(world, "ana@a.test", visitor=visitor)
        assert alerts(world) == told
    devices = {s.device.name: s.device.place for s in world.transactions.tables.sessions.values()}
    assert devices["Firefox, Linux"] == "203.0.113.0/24"


async def test_strangers_cannot_keep_a_known_device_waiting() -> None:
    world = World()
    await world.patient("ana@a.test")
    await begin(world, "ana@a.test", visitor=AT_HOME)
    for number in range(60):  # from the very same address, and from sixty others
        for address in (AT_HOME.address, f"192.0.2.{number}"):
            stranger = replace(STRANGER, address=address)
            with pytest.raises(LaudoError, match=r"sign_in_failed|too_many_attempts"):
                await begin(world, "ana@a.test", "wrong password", stranger)
    with pytest.raises(LaudoError, match="too_many_attempts"):
        await begin(world, "ana@a.test", visitor=replace(STRANGER, address="192.0.2.200"))
    assert isinstance(await begin(world, "ana@a.test", visitor=AT_HOME), SignedIn)


async def test_a_known_device_waits_for_its_own_failures() -> None:
    world = World()
    await world.patient("ana@a.test")
    await begin(world, "ana@a.test", visitor=AT_HOME)
    for _ in range(5):
        with pytest.raises(LaudoError, match="sign_in_failed"):
            await begin(world, "ana@a.test", "wrong password", AT_HOME)
    with pytest.raises(LaudoError, match="too_many_attempts"):
        await begin(world, "ana@a.test", visitor=AT_HOME)


async def test_a_thief_of_the_password_cannot_keep_the_owner_from_the_second_step() -> None:
    world = World()
    await world.staff("medica@a.test")
    step = await pending(world, "medica@a.test", AT_HOME)
    await world.desk.security.prove_sign_in(step.ticket, Proof.typed(world.code(-1)), AT_HOME)
    thief = await pending(world, "medica@a.test", STRANGER)
    for _ in range(8):
        with pytest.raises(LaudoError, match=r"code_invalid|too_many_attempts"):
            await world.desk.security.prove_sign_in(thief.ticket, Proof.typed(wrong_code(world)), STRANGER)
    step = await pending(world, "medica@a.test", AT_HOME)
    entered = await world.desk.security.prove_sign_in(step.ticket, Proof.typed(world.code()), AT_HOME)
    assert isinstance(entered, SignedIn)


@pytest.mark.parametrize("login", ["nobody@a.test", "ana@a.test", "new@a.test"])
async def test_whom_a_login_belongs_to_shows_in_neither_answer_nor_hash_work(login: str) -> None:
    world = World()
    await world.patient("ana@a.test")
    fresh = await world.patient("new@a.test")
    world.transactions.tables.credentials[fresh.id] = Credentials(fresh.id)
    before = world.hasher.hashed
    with pytest.raises(LaudoError) as refused:
        await begin(world, login, "wrong password", AT_HOME)
    assert (refused.value.kind.code, refused.value.params) == ("accounts.sign_in_failed", {})
    assert world.hasher.hashed == before + 1


async def test_a_password_hashed_with_other_parameters_is_hashed_anew_at_the_next_sign_in() -> None:
    world = World()
    account = await world.patient("ana@a.test")
    kept = world.transactions.tables.credentials
    old = kept[account.id].password_hash or ""
    world.hasher.outdated = {old}
    await begin(world, "ana@a.test")
    fresh = world.transactions.tables.credentials[account.id].password_hash
    assert fresh not in (None, old)
    assert isinstance(await begin(world, "ana@a.test"), SignedIn)
    assert world.transactions.tables.credentials[account.id].password_hash == fresh

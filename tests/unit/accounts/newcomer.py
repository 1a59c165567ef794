"""People of the tests at the steps of a sign-in."""

from dataclasses import replace
from typing import Any

import pyotp

from services.accounts.application.commands.begin_sign_in import Pending, SignInStep
from services.accounts.application.commands.prove_second_factor import Proof
from services.accounts.application.session_tokens import SignedIn
from services.accounts.application.visitor import Visitor
from services.accounts.domain.events import OneTimeCodeIssued, SignedInFromNewDevice
from services.accounts.domain.second_factor import Factor
from services.shared.kernel.principal import Principal
from tests.support.software_authenticator import SoftwareAuthenticator
from tests.unit.accounts.samples import PASSWORD, PUBLIC_URL, World

HERE = Visitor("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
AT_HOME = replace(HERE, device_token="d" * 43)
STRANGER = Visitor("198.51.100.9", "curl/8.5", "e" * 43)


async def begin(world: World, login: str, password: str = PASSWORD, visitor: Visitor = HERE) -> SignInStep:
    return await world.desk.security.begin_sign_in(login, password, visitor)


async def pending(world: World, login: str, visitor: Visitor = HERE) -> Pending:
    step = await begin(world, login, visitor=visitor)
    assert isinstance(step, Pending)
    return step


def codes_sent(world: World, purpose: str) -> list[str]:
    return [e.code for e in world.events if isinstance(e, OneTimeCodeIssued) and e.purpose == purpose]


def alerts(world: World) -> int:
    return sum(isinstance(event, SignedInFromNewDevice) for event in world.events)


def wrong_code(world: World) -> str:
    good = {world.code(steps) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "000001", "000002", "000003") if code not in good)


def contact(code: str) -> Proof:
    return Proof(Factor.CONTACT_CODE, code)


def recovery(code: str) -> Proof:
    return Proof(Factor.RECOVERY_CODE, code)


def passkey(credential: dict[str, Any]) -> Proof:
    return Proof(Factor.PASSKEY, credential=credential)


def caller_of(world: World, signed_in: SignedIn, *, confirmed: bool = True) -> Principal:
    """The principal that the newest session's token would name, with a fresh step-up unless said otherwise."""
    session = list(world.transactions.tables.sessions.values())[-1]
    identity = signed_in.identity
    return Principal(
        identity.account.id,
        identity.roles,
        identity.clinic.id if identity.clinic else None,
        session_id=session.id,
        step_up_at=world.clock.now() if confirmed else None,
    )


async def staff_caller(world: World, login: str = "medica@a.test") -> Principal:
    await world.staff(login)
    return caller_of(world, await world.desk.sign_in(login, PASSWORD, world.code(), address=HERE.address))


async def patient_caller(world: World, login: str = "ana@a.test") -> Principal:
    await world.patient(login)
    return caller_of(world, await world.desk.sign_in(login, PASSWORD, None, address=HERE.address))


async def add_totp(world: World, caller: Principal) -> tuple[str, tuple[str, ...]]:
    """Set up an authenticator; return its secret and the recovery codes."""
    new = await world.desk.security.authenticator.begin(caller)
    code = pyotp.TOTP(new.secret).at(int(world.clock.now().timestamp()))
    return new.secret, await world.desk.security.authenticator.confirm(new.ticket, code, caller, address=None)


async def add_passkey(
    world: World, caller: Principal, name: str = "Celular", **traits: Any
) -> SoftwareAuthenticator:
    device = SoftwareAuthenticator(PUBLIC_URL, **traits)
    challenge = await world.desk.security.passkeys.begin(caller)
    answer = device.create(dict(challenge.options))
    await world.desk.security.passkeys.add(challenge.ticket, answer, name, caller, address=None)
    return device

"""What a signed-in person is given: an access token for ten minutes and a refresh token for once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.accounts.application.key_ports import TokenIssuer
from services.accounts.application.ports import Reading, Work
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.errors import NO_ACTIVE_ROLE
from services.accounts.domain.membership import Membership
from services.accounts.domain.session import Session
from services.shared.kernel.principal import Principal, Role

_PATIENT = frozenset({Role.PATIENT})


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as seen by those the person signs in to: `clinic` is None for patients."""

    account: Account
    roles: frozenset[Role]
    clinic: Clinic | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    access_token: str
    expires_in: int
    refresh_token: str
    identity: Identity


def new_refresh_token() -> tuple[str, bytes]:
    """Return an opaque token of 256 random bits, and the hash that is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, hash_refresh_token(token)


def hash_refresh_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def identity_in(work: Work | Reading, account: Account, clinic_id: UUID | None = None) -> Identity:
    """Return the roles the account has now: staff in the clinic named, or else the first they joined.

    Raises `no_active_role` for staff who work nowhere, or no longer in that clinic.
    """
    if account.kind is AccountKind.PATIENT:
        return identity_of_patient(account)
    membership = _chosen(list(await work.memberships.of_account(account.id)), clinic_id)
    return Identity(account, membership.roles, await work.clinics.get(membership.clinic_id))


def identity_of_patient(account: Account) -> Identity:
    return Identity(account, _PATIENT, None)


def _chosen(memberships: list[Membership], clinic_id: UUID | None) -> Membership:
    for membership in memberships:
        if clinic_id in (None, membership.clinic_id):
            return membership
    raise NO_ACTIVE_ROLE.error()


def principal_of(identity: Identity, session: Session) -> Principal:
    return Principal(
        account_id=identity.account.id,
        roles=identity.roles,
        clinic_id=identity.clinic.id if identity.clinic else None,
        step_up_at=session.stepped_up_at,
        locale=identity.account.locale,
        session_id=session.id,
    )


def signed_in(
    issuer: TokenIssuer, identity: Identity, session: Session, refresh_token: str, now: datetime
) -> SignedIn:
    token = issuer.for_principal(principal_of(identity, session), now)
    return SignedIn(token.value, token.expires_in, refresh_token, identity)

"""Rules of who may work as what in a clinic."""

from uuid import UUID

from services.accounts.domain.membership import CouncilRegistration, Membership
from services.accounts.domain.staff_errors import (
    AUDITOR_ALONE,
    COUNCIL_REQUIRED,
    LAST_ADMINISTRATOR,
    OWN_ROLES,
    OWN_VERIFICATION,
    ROLES_INVALID,
)
from services.shared.kernel.principal import STAFF, Role

PROFESSIONAL = frozenset({Role.DOCTOR, Role.RELEASER})


def check_roles(roles: frozenset[Role], registration: CouncilRegistration | None) -> None:
    """Staff roles only and at least one; an auditor changes nothing, so is nothing else; professionals have a council
    registration.
    """
    if not roles or not roles <= STAFF:
        raise ROLES_INVALID.error(field="roles")
    if Role.AUDITOR in roles and len(roles) > 1:
        raise AUDITOR_ALONE.error(field="roles")
    if not roles.isdisjoint(PROFESSIONAL) and registration is None:
        raise COUNCIL_REQUIRED.error(field="council")


def check_own_roles(member: Membership, roles: frozenset[Role], changer_id: UUID) -> None:
    """Nobody gives roles to himself; giving one's own away is allowed."""
    if member.account_id == changer_id and not roles <= member.roles:
        raise OWN_ROLES.error(field="roles")


def check_administrator_remains(
    member: Membership, roles_after: frozenset[Role], active_administrators: int
) -> None:
    """A clinic always has somebody who can let others in."""
    loses = member.active and Role.ADMINISTRATOR in member.roles and Role.ADMINISTRATOR not in roles_after
    if loses and active_administrators <= 1:
        raise LAST_ADMINISTRATOR.error()


def check_verifier(member: Membership, verifier_id: UUID) -> None:
    """A registration is compared with the council's register by somebody else than its holder."""
    if member.account_id == verifier_id:
        raise OWN_VERIFICATION.error()

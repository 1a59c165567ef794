"""The clinic's people at work, and who is invited."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.application.staff_ports import StaffSearch
from services.accounts.domain.account import Account
from services.accounts.domain.invitation import Invitation
from services.accounts.domain.membership import Membership
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class StaffPage:
    members: Sequence[Membership]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class Member:
    """`verifier` is the name of whoever compared the registration, as the clinic knows the person."""

    membership: Membership
    account: Account
    verifier: str | None


@dataclass(frozen=True, slots=True)
class InvitationPage:
    invitations: Sequence[Invitation]
    next_after: UUID | None


class ListStaff:
    """Everybody of the clinic by name, those without access any more included; found by the beginnings of words."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self, typed: str, caller: Principal, *, after: UUID | None, limit: int) -> StaffPage:
        clinic_id = clinic_of(caller)
        search = StaffSearch(name=typed.strip() or None, after=after, limit=limit + 1)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            members = await reading.memberships.staff(clinic_id, search)
        more = len(members) > limit
        members = members[:limit]
        return StaffPage(members, members[-1].account_id if more else None)

    async def one(self, account_id: UUID, caller: Principal) -> Member:
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            membership = await reading.memberships.of_member(account_id, clinic_id)
            account = await reading.accounts.get(account_id)
            if membership is None or account is None:
                raise NOT_FOUND.error()
            verification = membership.registration.verification if membership.registration else None
            verifier = None
            if verification is not None:
                verifier = await reading.memberships.of_member(verification.by, clinic_id)
        return Member(membership, account, verifier.name if verifier else None)

    async def invited(self, caller: Principal, *, after: UUID | None, limit: int) -> InvitationPage:
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            found = await reading.invitations.open_ones(clinic_id, after=after, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        return InvitationPage(found, found[-1].id if more else None)

"""In-memory stores of staff and invitations."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.accounts.application.ports import DoctorSearch
from services.accounts.application.staff_ports import StaffSearch
from services.accounts.domain.invitation import Invitation, InvitationState
from services.accounts.domain.membership import Membership
from services.accounts.domain.staff_errors import ALREADY_STAFF, INVITATION_EXISTS
from services.accounts.infrastructure.in_memory.names import begins_words_of, search_text
from services.accounts.infrastructure.in_memory.stores import Store
from services.shared.kernel.principal import Role


class InMemoryMemberships(Store):
    async def of_account(self, account_id: UUID) -> Sequence[Membership]:
        return [
            membership
            for membership in self.tables.memberships.values()
            if membership.account_id == account_id and membership.active and self._sees(membership)
        ]

    async def of_member(self, account_id: UUID, clinic_id: UUID, *, lock: bool = False) -> Membership | None:
        membership = self.tables.memberships.get((account_id, clinic_id))
        return membership if membership and self._sees(membership) else None

    async def doctors(self, clinic_id: UUID, search: DoctorSearch) -> Sequence[Membership]:
        return self._page(
            clinic_id,
            StaffSearch(search.name, search.after, search.limit),
            lambda each: each.active and Role.DOCTOR in each.roles,
        )

    async def staff(self, clinic_id: UUID, search: StaffSearch) -> Sequence[Membership]:
        return self._page(clinic_id, search, lambda _: True)

    async def add(self, membership: Membership) -> None:
        self.scope.must_be_clinic(membership.clinic_id)
        if (membership.account_id, membership.clinic_id) in self.tables.memberships:
            raise ALREADY_STAFF.error()
        await self.save(membership)

    async def save(self, membership: Membership) -> None:
        self.scope.must_be_clinic(membership.clinic_id)
        self.tables.memberships[membership.account_id, membership.clinic_id] = membership

    async def lock_clinic(self, clinic_id: UUID) -> None:
        """One transaction runs at a time here anyway."""

    async def active_administrators(self, clinic_id: UUID) -> int:
        return sum(
            each.clinic_id == clinic_id and each.active and Role.ADMINISTRATOR in each.roles
            for each in self.tables.memberships.values()
        )

    def _sees(self, membership: Membership) -> bool:
        return self.scope.sees(clinic_id=membership.clinic_id, person_id=membership.account_id)

    def _page(
        self, clinic_id: UUID, search: StaffSearch, fits: Callable[[Membership], bool]
    ) -> Sequence[Membership]:
        def key(membership: Membership) -> tuple[str, UUID]:
            return search_text(membership.name), membership.account_id

        found = [
            membership
            for membership in self.tables.memberships.values()
            if self.scope.sees(clinic_id=membership.clinic_id)
            and membership.clinic_id == clinic_id
            and fits(membership)
            and (search.name is None or begins_words_of(search.name, membership.name))
        ]
        found.sort(key=key)
        if search.after is not None:
            last = self.tables.memberships.get((search.after, clinic_id))
            found = [membership for membership in found if last is not None and key(membership) > key(last)]
        return found[: search.limit]


class InMemoryInvitations(Store):
    async def open_ones(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Invitation]:
        found = [
            each
            for each in self.tables.invitations.values()
            if each.clinic_id == clinic_id
            and self.scope.sees(clinic_id=each.clinic_id)
            and each.state is InvitationState.OPEN
            and (after is None or each.id < after)
        ]
        return sorted(found, key=lambda each: each.id, reverse=True)[:limit]

    async def get(self, invitation_id: UUID) -> Invitation | None:
        found = self.tables.invitations.get(invitation_id)
        return found if found and self.scope.sees(clinic_id=found.clinic_id) else None

    async def with_code(self, code_hash: bytes) -> Invitation | None:
        found = (each.id for each in self.tables.invitations.values() if each.code_hash == code_hash)
        invitation_id = next(found, None)
        return await self.get(invitation_id) if invitation_id else None

    async def add(self, invitation: Invitation) -> None:
        self.scope.must_be_clinic(invitation.clinic_id)
        for each in await self.open_ones(invitation.clinic_id, after=None, limit=1000):
            if each.email == invitation.email:
                raise INVITATION_EXISTS.error()
        self.tables.invitations[invitation.id] = invitation

    async def save(self, invitation: Invitation) -> None:
        if self.scope.sees(clinic_id=invitation.clinic_id):
            self.tables.invitations[invitation.id] = invitation

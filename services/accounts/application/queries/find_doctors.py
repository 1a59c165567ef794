"""Finds doctors of the caller's clinic, for naming the requester of an exam."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.ports import DoctorSearch, Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.membership import Membership
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class DoctorPage:
    doctors: Sequence[Membership]
    next_after: UUID | None


class FindDoctors:
    """Active doctors of the clinic by name; their council registration is public, so no audit row is due."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self, typed: str, caller: Principal, *, after: UUID | None, limit: int) -> DoctorPage:
        clinic_id = clinic_of(caller)
        search = DoctorSearch(name=typed.strip() or None, after=after, limit=limit + 1)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            doctors = await reading.memberships.doctors(clinic_id, search)
        more = len(doctors) > limit
        doctors = doctors[:limit]
        return DoctorPage(doctors, doctors[-1].account_id if more else None)

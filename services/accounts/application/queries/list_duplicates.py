"""Records that may be of one person, and what was decided about some."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.ports import Reading, Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.domain.merge import Merge
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class DuplicatePage:
    groups: Sequence[Sequence[PatientRecord]]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class ShownMerge:
    merge: Merge
    survivor: PatientRecord
    duplicate: PatientRecord


@dataclass(frozen=True, slots=True)
class MergePage:
    merges: Sequence[ShownMerge]
    next_after: UUID | None


class ListDuplicates:
    """Records of the clinic with the same birth date and, accents and case aside, the same name. One audit row per
    list, whatever the number of patients on it.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self, caller: Principal, *, after: UUID | None, limit: int, address: str | None
    ) -> DuplicatePage:
        """`after` is a record of the last group of the page before."""
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            key = await reading.patients.duplicate_key(after) if after else None
            groups = await reading.patients.duplicates(clinic_id, after=key, limit=limit + 1)
            await self._audit(reading, caller, "patient.duplicates", clinic_id, address)
        more = len(groups) > limit
        groups = groups[:limit]
        return DuplicatePage(groups, groups[-1][0].id if more else None)

    async def merges(
        self, caller: Principal, *, after: UUID | None, limit: int, address: str | None
    ) -> MergePage:
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            found = await reading.merges.listed(clinic_id, after=after, limit=limit + 1)
            more, found = len(found) > limit, found[:limit]
            ids = {each for merge in found for each in (merge.survivor_id, merge.duplicate_id)}
            records = {record.id: record for record in await reading.patients.these(sorted(ids))}
            await self._audit(reading, caller, "patient.merges", clinic_id, address)
        shown = [
            ShownMerge(merge, records[merge.survivor_id], records[merge.duplicate_id]) for merge in found
        ]
        return MergePage(shown, found[-1].id if more else None)

    async def _audit(
        self, reading: Reading, caller: Principal, action: str, clinic_id: UUID, address: str | None
    ) -> None:
        now = self._clock.now()
        await reading.audit(
            read_entry(caller, action, now, clinic_id=clinic_id, address=address, purpose="administration")
        )

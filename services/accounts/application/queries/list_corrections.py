"""Lists corrections: the person's own with their answers, and those a clinic has to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.domain.correction import Correction
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class OpenCorrection:
    correction: Correction
    record: PatientRecord


class ListCorrections:
    """The person sees what was asked and what was answered, in every clinic, the newest first."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def own(self, caller: Principal) -> Sequence[Correction]:
        async with self._transactions.read(person_id=caller.account_id) as reading:
            return await reading.corrections.of_person(caller.account_id)

    async def open_ones(
        self, caller: Principal, *, after: UUID | None, limit: int, address: str | None
    ) -> Sequence[OpenCorrection]:
        """Corrections that the clinic has to answer, the newest first; one audit row for the list."""
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            found = await reading.corrections.open_ones(clinic_id, after=after, limit=limit)
            known = {each.id: each for each in await reading.patients.these([c.patient_id for c in found])}
            await reading.audit(
                read_entry(
                    caller,
                    "patient.correction_list",
                    self._clock.now(),
                    clinic_id=clinic_id,
                    address=address,
                    purpose="administration",
                )
            )
        return [OpenCorrection(each, known[each.patient_id]) for each in found if each.facts is not None]

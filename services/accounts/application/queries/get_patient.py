"""One patient's record."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class GetPatient:
    """Staff read records of their own clinic; another clinic's record is not found. Each reading is audited."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self, patient_id: UUID, caller: Principal, *, address: str | None
    ) -> tuple[PatientRecord, Sequence[UUID]]:
        """Return the record, and those it stands for."""
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            record = await reading.patients.get(patient_id)
            if record is None:
                raise NOT_FOUND.error()
            stands_for = await reading.patients.merged_into(patient_id)
            now = self._clock.now()
            await reading.audit(
                read_entry(
                    caller, "patient.read", now, clinic_id=clinic_id, address=address, patient_id=patient_id
                )
            )
        return record, stands_for

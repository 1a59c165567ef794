"""A patient's CPF and CNS, for a service that prints them."""

from uuid import UUID

from services.accounts.application.ports import Directory, Transactions
from services.accounts.application.queries.patient_access import read_entry
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class GetIdentifiers:
    """Only for a service with the scope `identifiers:read`: the report must name the patient by CPF or CNS. People
    see them masked. Each reading is audited in the patient's clinic.
    """

    def __init__(self, transactions: Transactions, directory: Directory, clock: Clock) -> None:
        self._transactions = transactions
        self._directory = directory
        self._clock = clock

    async def __call__(self, patient_id: UUID, caller: Principal, *, address: str | None) -> PatientRecord:
        clinic_id = await self._directory.clinic_of_patient(patient_id)
        if clinic_id is None:
            raise NOT_FOUND.error()
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            record = await reading.patients.get(patient_id)
            if record is None:
                raise NOT_FOUND.error()
            await reading.audit(
                read_entry(
                    caller,
                    "patient.identifiers_read",
                    self._clock.now(),
                    clinic_id=clinic_id,
                    address=address,
                    patient_id=patient_id,
                    purpose="report",
                )
            )
        return record

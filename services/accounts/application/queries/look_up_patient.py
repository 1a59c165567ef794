"""Find one patient by what identifies exactly one."""

from dataclasses import dataclass

from services.accounts.application.patient_ports import PatientSearch
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.domain.identifiers import cpf_digits
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.record_number import typed_record_number
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class TypedLookUp:
    """A record number, or a CPF with the birth date as YYYY-MM-DD."""

    record_number: str | None = None
    cpf: str | None = None
    birth_date: str | None = None


class LookUpPatient:
    """One patient of the caller's own clinic, by the whole record number or by CPF and birth date together; nothing is
    found by a part or by a name. For an emergency, which is what the audit row says.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, typed: TypedLookUp, caller: Principal, *, address: str | None) -> PatientRecord:
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            search = _search(typed)
            found = list(await reading.patients.search(clinic_id, search)) if search else []
            if search and search.cpf:
                found = [record for record in found if record.birth_date.isoformat() == typed.birth_date]
            if len(found) != 1:
                raise NOT_FOUND.error()
            now = self._clock.now()
            await reading.audit(
                read_entry(
                    caller,
                    "patient.look_up",
                    now,
                    clinic_id=clinic_id,
                    address=address,
                    patient_id=found[0].id,
                    purpose="emergency",
                )
            )
        return found[0]


def _search(typed: TypedLookUp) -> PatientSearch | None:
    number = typed_record_number(typed.record_number or "")
    if number is not None:
        return PatientSearch(record_number=number, limit=2)
    cpf = cpf_digits(typed.cpf or "")
    return PatientSearch(cpf=cpf, limit=2) if cpf and typed.birth_date else None

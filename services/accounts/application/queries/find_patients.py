"""Finds patients of the caller's clinic."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.patient_ports import PatientSearch
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.domain.identifiers import cpf_digits
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.record_number import typed_record_number
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class PatientPage:
    records: Sequence[PatientRecord]
    next_after: UUID | None


class FindPatients:
    """By the beginnings of words of the name or social name, accents and case aside; by a whole record number; or by
    a whole CPF. Without anything, all of the clinic by name. Audited as one row, whatever the number of patients.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self, typed: str, caller: Principal, *, after: UUID | None, limit: int, address: str | None
    ) -> PatientPage:
        clinic_id = clinic_of(caller)
        search = _search(typed, after, limit + 1)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            records = await reading.patients.search(clinic_id, search)
            await reading.audit(
                read_entry(caller, "patient.list", self._clock.now(), clinic_id=clinic_id, address=address)
            )
        more = len(records) > limit
        records = records[:limit]
        return PatientPage(records, records[-1].id if more else None)


def _search(typed: str, after: UUID | None, limit: int) -> PatientSearch:
    text = typed.strip()
    cpf = cpf_digits(text)
    number = typed_record_number(text)
    if cpf is not None:
        return PatientSearch(cpf=cpf, after=after, limit=limit)
    if number is not None:
        return PatientSearch(record_number=number, after=after, limit=limit)
    return PatientSearch(name=text or None, after=after, limit=limit)

"""The names and record numbers behind the ids of a clinic's audit, for its auditor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.audit_ports import KnownActor
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of
from services.accounts.domain.record_number import typed_record_number
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Named:
    actors: Sequence[KnownActor]
    record_numbers: Mapping[UUID, str]


class NameInAudit:
    """Names of the clinic's staff and programs, and record numbers of its patients, by up to 100 ids each; another
    clinic's ids give nothing. Patients are numbers here: an auditor needs to know whose record, not who it is. The
    reading of the audit itself leaves the row.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(
        self, actor_ids: Sequence[UUID], patient_ids: Sequence[UUID], caller: Principal
    ) -> Named:
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            actors = await reading.audit_names.actors(clinic_id, actor_ids) if actor_ids else []
            numbers = await reading.audit_names.record_numbers(clinic_id, patient_ids) if patient_ids else {}
        return Named(actors, numbers)

    async def record(self, typed: str, caller: Principal) -> UUID:
        """Return the id of the clinic's record with this number, with or without its leading zeros."""
        clinic_id = clinic_of(caller)
        number = typed_record_number(typed.strip())
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            found = await reading.audit_names.record_with(clinic_id, number) if number else None
        if found is None:
            raise NOT_FOUND.error(field="record_number")
        return found

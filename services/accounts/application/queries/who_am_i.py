"""Who the caller is, and where the caller is a patient."""

from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.session_tokens import Identity, identity_in
from services.accounts.domain.clinic import Clinic
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class OwnRecord:
    clinic: Clinic
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class Me:
    identity: Identity
    records: tuple[OwnRecord, ...]


class WhoAmI:
    """The caller's own account: name, roles, clinic and language as they stand now, and the person's own record in
    every clinic.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self, caller: Principal) -> Me:
        async with self._transactions.read(person_id=caller.account_id) as reading:
            account = await reading.accounts.get(caller.account_id)
            if account is None:
                raise NOT_FOUND.error()
            identity = await identity_in(reading, account, caller.clinic_id)
            records = []
            for record in await reading.patients.of_person(caller.account_id):
                if record.merged_into is not None:  # what it holds is seen by the person it was merged into
                    continue
                clinic = await reading.clinics.get(record.clinic_id)
                if clinic is not None:
                    records.append(OwnRecord(clinic, record.id))
        return Me(identity, tuple(records))

"""What a person's own records hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import read_entry
from services.accounts.domain.account import Account
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.errors import STEP_UP_REQUIRED
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class OwnRecord:
    record: PatientRecord
    clinic: Clinic


@dataclass(frozen=True, slots=True)
class OwnData:
    account: Account
    records: Sequence[OwnRecord]


class OwnRecords:
    """All that accounts knows of the caller, whole and unmasked (LGPD, Law 13.709/2018, art. 18, II and V). Confirmed
    by a second factor a moment ago, since a telephone left on a table would show a CPF; one audit row for each record.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(self, caller: Principal, *, address: str | None) -> OwnData:
        now = self._clock.now()
        if not caller.stepped_up(now):
            raise STEP_UP_REQUIRED.error()
        async with self._transactions.read(person_id=caller.account_id) as reading:
            account = await reading.accounts.get(caller.account_id)
            if account is None:
                raise NOT_FOUND.error()
            found: list[OwnRecord] = []
            for record in await reading.patients.of_person(caller.account_id):
                clinic = await reading.clinics.get(record.clinic_id)
                assert clinic is not None, "a record is of a clinic"
                found.append(OwnRecord(record, clinic))
                await reading.audit(
                    read_entry(
                        caller,
                        "patient.read",
                        now,
                        clinic_id=record.clinic_id,
                        address=address,
                        patient_id=record.id,
                        purpose="own_data",
                    )
                )
        return OwnData(account, found)

"""Ends all sessions of somebody else who asked for it: a telephone was lost, a workstation left behind."""

from uuid import UUID

from services.accounts.application.ports import Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.application.staff_change import member_of, staff_entry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


class EndPersonsSessions:
    """The desk ends all sessions of a patient it has on record, an administrator those that a member of staff has in
    this clinic (ASVS 5.0, 7.4.5). Nothing else changes: the person signs in anew. Ending none is no error. Audited.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def of_patient(self, patient_id: UUID, caller: Principal, *, address: str | None) -> None:
        now, clinic_id = self._clock.now(), clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            record = await reading.patients.get(patient_id)
        if record is None:
            raise NOT_FOUND.error()
        async with self._transactions.write(clinic_id=clinic_id, person_id=record.person_id) as work:
            await work.sessions.end_all(record.person_id, now)
            await work.audit(
                read_entry(
                    caller,
                    "patient.sessions_end",
                    now,
                    clinic_id=clinic_id,
                    address=address,
                    patient_id=patient_id,
                    purpose="operations",
                )
            )

    async def of_member(self, account_id: UUID, caller: Principal, *, address: str | None) -> None:
        now, clinic_id = self._clock.now(), clinic_of(caller)
        async with self._transactions.write(clinic_id=clinic_id, person_id=account_id) as work:
            await member_of(work, account_id, caller)
            await work.sessions.end_all(account_id, now, clinic_id=clinic_id)
            await work.audit(
                staff_entry(
                    caller, "staff.sessions_end", now, resource=f"staff/{account_id}", address=address
                )
            )

"""A person asks to be erased."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.erasure_receipts import Receipt, receipt_hash, word_of_request
from services.accounts.application.ports import IdentifierVault, Transactions, Work
from services.accounts.application.queries.patient_access import read_entry
from services.accounts.domain.erasure import (
    WAITING,
    Erasure,
    ErasureState,
    RecordErasure,
    new_receipt_code,
)
from services.accounts.domain.erasure_errors import CONFIRM_ERASURE, ERASURE_OF_MERGED, ERASURE_OF_STAFF
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal


class RequestErasure:
    """Confirmed by a second factor a moment ago. Nothing is erased for seven days, in which it may be withdrawn; all
    contacts on file are told. Asking again while one waits gives that one. It covers the person's records in every
    clinic, and those merged into them. Who works in a clinic asks after that has ended.
    """

    def __init__(self, transactions: Transactions, vault: IdentifierVault, clock: Clock) -> None:
        self._transactions = transactions
        self._vault = vault
        self._clock = clock

    async def __call__(self, caller: Principal, *, address: str | None) -> Receipt:
        now = self._clock.now()
        if not caller.stepped_up(now):
            raise CONFIRM_ERASURE.error()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account = await work.accounts.get(caller.account_id, lock=True)
            if account is None:
                raise NOT_FOUND.error()
            if account.is_staff or await work.memberships.of_account(account.id):
                raise ERASURE_OF_STAFF.error()
            waiting = await work.erasures.newest_of(account.id)
            if waiting is not None and waiting.state is ErasureState.REQUESTED:
                return Receipt.of(waiting)
            erasure = Erasure(
                id=new_id(),
                person_id=account.id,
                receipt_code=new_receipt_code(),
                requested_at=now,
                due_at=now + WAITING,
                records=tuple(await records_of(work, account.id, now + WAITING)),
            )
            await work.erasures.add(erasure, receipt_hash(self._vault, erasure.receipt_code))
            work.record(*word_of_request(account, erasure, now))
            for record in erasure.records:
                await work.audit(
                    read_entry(
                        caller,
                        "patient.erasure_request",
                        now,
                        clinic_id=record.clinic_id,
                        address=address,
                        patient_id=record.patient_id,
                        purpose="own_data",
                    )
                )
            return Receipt.of(erasure)


async def records_of(work: Work, person_id: UUID, due_at: datetime) -> list[RecordErasure]:
    """Return the person's records in every clinic, and the records they stand for."""
    found: list[RecordErasure] = []
    for record in await work.patients.of_person(person_id):
        if record.erased:
            continue
        if record.merged_into is not None:
            raise ERASURE_OF_MERGED.error()
        found.append(
            RecordErasure(
                patient_id=record.id, clinic_id=record.clinic_id, account_id=person_id, due_at=due_at
            )
        )
        await work.act_in(record.clinic_id)
        duplicates = await work.patients.these(await work.patients.merged_into(record.id))
        found += [
            RecordErasure(
                patient_id=each.id, clinic_id=each.clinic_id, account_id=each.person_id, due_at=due_at
            )
            for each in duplicates
        ]
    return found

"""Reads requests for erasure: the person's own, by the receipt's code, and those that wait for a clinic."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts.application.erasure_ports import ErasureDirectory
from services.accounts.application.erasure_receipts import Receipt, receipt_hash
from services.accounts.application.ports import IdentifierVault, Transactions
from services.accounts.application.queries.patient_access import clinic_of, read_entry
from services.accounts.domain.erasure import WAITING, Erasure, RecordErasure
from services.accounts.domain.erasure_errors import RECEIPT_UNKNOWN
from services.accounts.domain.erasure_items import ErasureItem, items_of
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.clock import Clock
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class WaitingErasure:
    erasure: Erasure
    records: Sequence[PatientRecord]


@dataclass(frozen=True, slots=True)
class OwnErasure:
    newest: Receipt | None
    plan: Sequence[ErasureItem]


class ReadErasure:
    """The receipt says item by item what was erased, anonymised or kept, by which law and until when. It names nobody,
    so its code alone opens it: whoever was erased has no account to sign in with.
    """

    def __init__(
        self, transactions: Transactions, directory: ErasureDirectory, vault: IdentifierVault, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._vault = vault
        self._clock = clock

    async def own(self, caller: Principal) -> OwnErasure:
        """The newest request, and what a request made now would do."""
        now = self._clock.now()
        async with self._transactions.read(person_id=caller.account_id) as reading:
            newest = await reading.erasures.newest_of(caller.account_id)
            records = await reading.patients.of_person(caller.account_id)
        planned = Erasure(
            id=caller.account_id,
            person_id=caller.account_id,
            receipt_code="",
            requested_at=now,
            due_at=now + WAITING,
            records=tuple(
                RecordErasure(
                    patient_id=record.id,
                    clinic_id=record.clinic_id,
                    account_id=caller.account_id,
                    due_at=now + WAITING,
                )
                for record in records
            ),
        )
        return OwnErasure(Receipt.of(newest) if newest else None, items_of(planned))

    async def by_code(self, typed: str) -> Receipt:
        found = await self._directory.of_receipt(receipt_hash(self._vault, typed))
        if found is None:
            raise RECEIPT_UNKNOWN.error(field="code")
        erasure_id, person_id = found
        async with self._transactions.read(person_id=person_id) as reading:
            erasure = await reading.erasures.get(erasure_id)
        if erasure is None:
            raise RECEIPT_UNKNOWN.error(field="code")
        return Receipt.of(erasure)

    async def waiting(
        self, caller: Principal, *, after: UUID | None, limit: int, address: str | None
    ) -> Sequence[WaitingErasure]:
        """Requests that wait and name a record of the clinic, the newest first: up to `limit`."""
        clinic_id = clinic_of(caller)
        async with self._transactions.read(clinic_id=clinic_id) as reading:
            found = await reading.erasures.of_clinic(clinic_id, after=after, limit=limit)
            ids = [record.patient_id for erasure in found for record in erasure.records]
            known = {record.id: record for record in await reading.patients.these(ids)}
            await reading.audit(
                read_entry(
                    caller,
                    "patient.erasure_list",
                    self._clock.now(),
                    clinic_id=clinic_id,
                    address=address,
                    purpose="administration",
                )
            )
        return [
            WaitingErasure(
                each, [known[record.patient_id] for record in each.records if record.patient_id in known]
            )
            for each in found
        ]

"""Carries a request for erasure out, once its waiting period has ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.accounts.application.erasure_ports import ErasureDirectory
from services.accounts.application.ports import Transactions, Work
from services.accounts.domain.account import Account
from services.accounts.domain.erasure import ANONYMISED_NAME, Erasure, ErasureState, RecordErasure
from services.accounts.domain.events import AccountDeleted
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock


class CarryOutErasure:
    """One transaction: sign-in, contact and sessions go at once, each record's key is destroyed and its names emptied,
    and every clinic of the person is told by `account.deleted`. Where a clinic keeps the identity until a day, that
    record alone waits for it, without its contact. The audit is untouched: it holds ids. Again, it changes nothing.
    """

    def __init__(self, transactions: Transactions, directory: ErasureDirectory, clock: Clock) -> None:
        self._transactions = transactions
        self._directory = directory
        self._clock = clock

    async def due(self, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Return (erasure, person) of what is to be carried out by now."""
        return await self._directory.due(self._clock.now(), limit)

    async def __call__(self, erasure_id: UUID, person_id: UUID) -> bool:
        """Return whether there was something to do."""
        now = self._clock.now()
        async with self._transactions.write(person_id=person_id) as work:
            erasure = await work.erasures.get(erasure_id)
            if erasure is None or not _is_due(erasure, now):
                return False
            accounts = dict.fromkeys([person_id, *(record.account_id for record in erasure.records)])
            for account_id in accounts:
                await work.act_for(account_id)
                account = await work.accounts.get(account_id, lock=True)
                if account is not None:
                    records = [each for each in erasure.records if each.account_id == account_id]
                    await self._erase(work, erasure, account, records, now)
            await work.act_for(person_id)
            await work.erasures.save(erasure.carried_out(now))
        return True

    async def _erase(
        self, work: Work, erasure: Erasure, account: Account, records: Sequence[RecordErasure], now: datetime
    ) -> None:
        first = erasure.state is ErasureState.REQUESTED
        if first:
            await work.eraser.sign_in(account.id)
            await work.sessions.end_all(account.id, now)
            await work.eraser.proxies(account.id, now)
        gone = replace(account.emptied(), name=ANONYMISED_NAME, birth_date=None)
        await work.accounts.save(gone)
        for record in records:
            if record.is_due(now) or first:
                await self._record(work, record, now)
                await work.audit(_entry(erasure, record, now))
                kept = not record.is_due(now)
                work.record(
                    AccountDeleted(
                        occurred_at=now, account=gone, clinic_id=record.clinic_id, identity_kept=kept
                    )
                )
        if not records:
            work.record(AccountDeleted(occurred_at=now, account=gone))

    async def _record(self, work: Work, record: RecordErasure, now: datetime) -> None:
        await work.act_in(record.clinic_id)
        if record.is_due(now):
            await work.eraser.identity(record.patient_id, now)
            return
        known = await work.patients.get(record.patient_id, lock=True)
        if known is not None:  # the clinic keeps who it was, not how to reach them
            await work.patients.save(replace(known, email=None, phone=None, version=known.version + 1))


def _is_due(erasure: Erasure, now: datetime) -> bool:
    if erasure.state is ErasureState.REQUESTED:
        return erasure.due_at <= now
    return erasure.state is ErasureState.DONE and any(record.is_due(now) for record in erasure.records)


def _entry(erasure: Erasure, record: RecordErasure, now: datetime) -> AuditEntry:
    return AuditEntry(
        at=now,
        actor_id=erasure.person_id,
        actor_roles=("patient",),
        action="patient.erase",
        clinic_id=record.clinic_id,
        patient_id=record.patient_id,
        resource=f"erasure/{erasure.id}",
        purpose="own_data",
        address=None,
    )

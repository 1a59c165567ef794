"""Record a minor's guardian at the desk."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.accounts.application.ports import RepeatKey, Transactions, Work
from services.accounts.application.proxy_facts import proxy_entry, tell_of_proxy
from services.accounts.domain.proxy import Proof, guardian
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND
from services.shared.kernel.principal import Principal


class RecordGuardian:
    """The desk of a clinic records, with the document that proves it, that one patient of the clinic is the guardian
    of another. The guardian sees the minor's exams in that clinic until the eighteenth birthday; from the twelfth on
    those of the sensitive classes are the minor's own affair.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(
        self,
        patient_id: UUID,
        guardian_patient_id: UUID,
        proof: Proof,
        caller: Principal,
        repeat: RepeatKey,
        *,
        address: str | None,
    ) -> Mapping[str, Any]:
        if caller.clinic_id is None:
            raise FORBIDDEN.error()
        async with self._transactions.write(clinic_id=caller.clinic_id) as work:

            async def run() -> Mapping[str, Any]:
                return await self._record(work, patient_id, guardian_patient_id, proof, caller, address)

            return await work.once(caller, repeat, run)

    async def _record(  # noqa: PLR0917
        self,
        work: Work,
        patient_id: UUID,
        guardian_patient_id: UUID,
        proof: Proof,
        caller: Principal,
        address: str | None,
    ) -> Mapping[str, Any]:
        now = self._clock.now()
        child = await work.patients.get(patient_id)
        adult = await work.patients.get(guardian_patient_id)
        account = await work.accounts.get(child.person_id) if child else None
        if child is None or adult is None or account is None or child.person_id == adult.person_id:
            raise NOT_FOUND.error()
        proxy = guardian(
            child_id=child.person_id,
            child_name=child.social_name or child.name,
            child_birth=child.birth_date,
            reader_id=adult.person_id,
            reader_name=adult.social_name or adult.name,
            reader_birth=adult.birth_date,
            proof=proof,
            made_by=caller.account_id,
            now=now,
        )
        await work.proxies.add(proxy)
        await tell_of_proxy(work, account, proxy, now, caller.clinic_id)
        await work.audit(proxy_entry(caller, "guardian.record", now, proxy, address, patient_id=child.id))
        return {"id": str(proxy.id), "until": proxy.until.isoformat()}

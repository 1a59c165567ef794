"""A patient proposes a correction of the own record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.accounts.application.ports import RepeatKey, Transactions
from services.accounts.application.queries.patient_access import read_entry
from services.accounts.domain.correction import (
    Correction,
    CorrectionFacts,
    CorrectionField,
    checked_value,
    value_of,
)
from services.accounts.domain.merge_errors import checked_reason
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal


class ProposeCorrection:
    """Nothing changes until somebody of the clinic has looked at it. One at a time for each field; the value must be
    one that the desk could have typed, and another than what stands there.
    """

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    async def __call__(  # noqa: PLR0917
        self,
        patient_id: UUID,
        field: CorrectionField,
        value: str,
        reason: str,
        caller: Principal,
        repeat: RepeatKey,
        *,
        address: str | None,
    ) -> Mapping[str, Any]:
        now, why = self._clock.now(), checked_reason(reason)
        async with self._transactions.write(person_id=caller.account_id) as work:

            async def propose() -> Mapping[str, Any]:
                record = await work.patients.get(patient_id)
                if record is None or record.person_id != caller.account_id or record.erased:
                    raise NOT_FOUND.error()
                proposed = checked_value(record, field, value, now.date())
                correction = Correction(
                    id=new_id(),
                    patient_id=record.id,
                    clinic_id=record.clinic_id,
                    person_id=caller.account_id,
                    field=field,
                    facts=CorrectionFacts(previous=value_of(record, field), proposed=proposed, reason=why),
                    proposed_at=now,
                )
                await work.corrections.add(correction)
                await work.audit(
                    read_entry(
                        caller,
                        "patient.correction_propose",
                        now,
                        clinic_id=record.clinic_id,
                        address=address,
                        patient_id=record.id,
                        purpose="own_data",
                    )
                )
                return {"id": str(correction.id)}

            return await work.once(caller, repeat, propose)

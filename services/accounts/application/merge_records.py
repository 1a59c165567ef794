"""What proposing, deciding and undoing a merge have in common."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Work
from services.accounts.application.queries.patient_access import read_entry
from services.accounts.domain.events import PatientRegistered
from services.accounts.domain.merge import Merge, check_mergeable, merged
from services.accounts.domain.patient_record import PatientRecord
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


async def two_records(
    work: Work, survivor_id: UUID, duplicate_id: UUID
) -> tuple[PatientRecord, PatientRecord]:
    """Return both records of the clinic, locked in one order so that two decisions never wait for each other."""
    found = {each: await work.patients.get(each, lock=True) for each in sorted({survivor_id, duplicate_id})}
    survivor, duplicate = found[survivor_id], found[duplicate_id]
    if survivor is None or duplicate is None:
        raise NOT_FOUND.error()
    return survivor, duplicate


async def must_be_mergeable(work: Work, survivor: PatientRecord, duplicate: PatientRecord) -> None:
    others = await work.patients.merged_into(duplicate.id)
    check_mergeable(survivor, duplicate, duplicate_stands_for_others=bool(others))


async def point(work: Work, duplicate: PatientRecord, survivor: PatientRecord | None, now: datetime) -> None:
    """Let the record point to its survivor, or stand for itself again, and tell whose it is from now on."""
    changed = merged(duplicate, survivor.id if survivor else None)
    await work.patients.save(changed)
    owner = survivor.person_id if survivor else None
    work.record(PatientRegistered(occurred_at=now, record=changed, owner_id=owner))


async def audit_merge(  # noqa: PLR0917
    work: Work, merge: Merge, action: str, caller: Principal, now: datetime, address: str | None
) -> None:
    """One row for each of the two records: the history of either tells of it."""
    for patient_id in (merge.survivor_id, merge.duplicate_id):
        await work.audit(
            read_entry(
                caller,
                action,
                now,
                clinic_id=merge.clinic_id,
                address=address,
                patient_id=patient_id,
                purpose=f"merge/{merge.id}",
            )
        )

"""Two records of one clinic that are of the same person: proposed by one member of staff, decided by another."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.merge_errors import (
    MERGE_CLOSED,
    MERGE_DIFFERENT,
    MERGE_OWN_PROPOSAL,
    MERGE_SAME,
    MERGE_TAKEN,
    MERGE_WRONG_WAY,
)
from services.accounts.domain.patient_record import PatientRecord, Sex


class MergeState(StrEnum):
    PROPOSED = "proposed"
    REFUSED = "refused"
    MERGED = "merged"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`duplicate_id` comes to point to `survivor_id`; neither record loses anything by it."""

    id: UUID
    clinic_id: UUID
    survivor_id: UUID
    duplicate_id: UUID
    state: MergeState
    reason: str
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    undone_by: UUID | None = None
    undone_at: datetime | None = None
    undone_reason: str | None = None

    def decided(self, *, merge: bool, by: UUID, now: datetime) -> "Merge":
        """Somebody else than the proposer looks at both records: a wrong merge shows a result to the wrong person.
        Who proposed it may take it back.
        """
        if self.state is not MergeState.PROPOSED:
            raise MERGE_CLOSED.error()
        if merge and by == self.proposed_by:
            raise MERGE_OWN_PROPOSAL.error()
        state = MergeState.MERGED if merge else MergeState.REFUSED
        return replace(self, state=state, decided_by=by, decided_at=now)

    def undone(self, reason: str, *, by: UUID, now: datetime) -> "Merge":
        """One person is enough: it only takes away what somebody may see."""
        if self.state is not MergeState.MERGED:
            raise MERGE_CLOSED.error()
        return replace(self, state=MergeState.UNDONE, undone_by=by, undone_at=now, undone_reason=reason)


def check_mergeable(
    survivor: PatientRecord, duplicate: PatientRecord, *, duplicate_stands_for_others: bool
) -> None:
    """Raise unless nothing on the two records speaks against one person.

    Never across different CPFs or health cards, birth dates or sexes: what was mistyped is corrected first. The record
    that has a CPF remains. There are no chains: a merged record points to one that stands for itself.
    """
    if survivor.id == duplicate.id:
        raise MERGE_SAME.error(field="duplicate_id")
    if survivor.merged_into or duplicate.merged_into or duplicate_stands_for_others:
        raise MERGE_TAKEN.error(field="duplicate_id")
    sexes = {survivor.sex, duplicate.sex} - {Sex.UNKNOWN}
    if (
        _differ(survivor.cpf, duplicate.cpf)
        or _differ(survivor.cns, duplicate.cns)
        or survivor.birth_date != duplicate.birth_date
        or len(sexes) > 1
    ):
        raise MERGE_DIFFERENT.error(field="duplicate_id")
    if duplicate.cpf is not None and survivor.cpf is None:
        raise MERGE_WRONG_WAY.error(field="survivor_id")


def merged(duplicate: PatientRecord, survivor_id: UUID | None) -> PatientRecord:
    """Return the record that points to the survivor, or with None, that stands for itself again."""
    return replace(duplicate, merged_into=survivor_id, version=duplicate.version + 1)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other

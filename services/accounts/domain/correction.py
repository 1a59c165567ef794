"""A patient says that something on the record is wrong: LGPD (Law 13.709/2018), art. 18, III.

CPF and CNS are not among the fields: whoever holds them is found by them, so they change at the desk with a document.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.accounts.domain.birth_date import parse_birth_date
from services.accounts.domain.correction_errors import (
    CORRECTION_CLOSED,
    CORRECTION_OUTDATED,
    CORRECTION_SAME,
    SEX_UNKNOWN,
    VALUE_MISSING,
)
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.accounts.domain.person_name import parse_person_name


class CorrectionField(StrEnum):
    NAME = "name"
    SOCIAL_NAME = "social_name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    MOTHER_NAME = "mother_name"


_MAY_BE_EMPTIED = {CorrectionField.SOCIAL_NAME, CorrectionField.MOTHER_NAME}


class CorrectionState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFacts:
    """What names the patient: sealed under the record's own key, and gone with it. Empty text is no value."""

    previous: str
    proposed: str
    reason: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """`facts` None: the person was erased since; that there was a correction is kept."""

    id: UUID
    patient_id: UUID
    clinic_id: UUID
    person_id: UUID
    field: CorrectionField
    facts: CorrectionFacts | None
    proposed_at: datetime
    state: CorrectionState = CorrectionState.PROPOSED
    decided_by: UUID | None = None
    decided_at: datetime | None = None

    def decided(self, *, accept: bool, answer: str, by: UUID, now: datetime) -> "Correction":
        if self.state is not CorrectionState.PROPOSED or self.facts is None:
            raise CORRECTION_CLOSED.error()
        state = CorrectionState.ACCEPTED if accept else CorrectionState.REFUSED
        facts = replace(self.facts, answer=answer)
        return replace(self, state=state, facts=facts, decided_by=by, decided_at=now)


def value_of(record: PatientRecord, field: CorrectionField) -> str:
    value: Any = getattr(record, field)
    return "" if value is None else str(value)


def checked_value(record: PatientRecord, field: CorrectionField, typed: str, today: date) -> str:
    """Return the value as it would stand on the record; raise what is wrong with it."""
    if not typed.strip():
        if field not in _MAY_BE_EMPTIED:
            raise VALUE_MISSING.error(field="value")
        value = ""
    elif field is CorrectionField.BIRTH_DATE:
        value = parse_birth_date(typed, today).isoformat()
    elif field is CorrectionField.SEX:
        if typed not in list(Sex):
            raise SEX_UNKNOWN.error(field="value")
        value = typed
    else:
        value = parse_person_name(typed)
    if value == value_of(record, field):
        raise CORRECTION_SAME.error(field="value")
    return value


def corrected(record: PatientRecord, correction: Correction) -> PatientRecord:
    """Return the record with the value the patient proposed; raise when somebody changed it meanwhile."""
    facts, field = correction.facts, correction.field
    if facts is None or value_of(record, field) != facts.previous:
        raise CORRECTION_OUTDATED.error()
    value: Any = facts.proposed or None
    if field is CorrectionField.BIRTH_DATE:
        value = date.fromisoformat(facts.proposed)
    elif field is CorrectionField.SEX:
        value = Sex(facts.proposed)
    changes: dict[str, Any] = {field.value: value}
    return replace(record, version=record.version + 1, **changes)

"""Somebody who may see another person's exams: a child's guardian, or an adult the patient chose."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.accounts.domain.proxy_errors import (
    GUARDIAN_TOO_YOUNG,
    NOT_A_MINOR,
    PROXY_END,
    PROXY_GIVER_TOO_YOUNG,
    PROXY_LABEL,
)
from services.shared.kernel.ids import new_id
from services.shared.kernel.relations import ADULT_AT, years_reached

HOME_ZONE = ZoneInfo("America/Sao_Paulo")  # the clinics' calendar, by which birthdays come
LONGEST = timedelta(days=366)
_LABEL = range(2, 61)
Scope = Literal["list", "values", "download"]
Proof = Literal["birth_certificate", "court_order"]


class ProxyKind(StrEnum):
    GUARDIAN = "guardian"
    GRANTED = "granted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """`reader_id` None: nobody has the CPF and birth date that were typed; the giver is not told so.

    `label` is how the giver calls the reader; `person_name` is what the reader is shown of the giver.
    """

    id: UUID
    version: int
    kind: ProxyKind
    person_id: UUID
    person_name: str
    reader_id: UUID | None
    label: str
    scope: Scope
    starts_at: datetime
    until: datetime
    made_by: UUID
    proof: Proof | None = None
    ended_at: datetime | None = None

    def lasts(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.until

    def ended(self, now: datetime) -> "Proxy":
        return replace(self, ended_at=now, version=self.version + 1)


def grant(
    *,
    person_id: UUID,
    person_name: str,
    birth_date: date | None,
    reader_id: UUID | None,
    label: str,
    scope: Scope,
    until: datetime,
    now: datetime,
) -> Proxy:
    """An adult lets another person in, for at most a year. Raises where the giver is a minor or the end is wrong."""
    if years_reached(ADULT_AT, birth_date, now.astimezone(HOME_ZONE).date()) is not True:
        raise PROXY_GIVER_TOO_YOUNG.error()
    if not now < until <= now + LONGEST:
        raise PROXY_END.error(field="until")
    return Proxy(
        id=new_id(),
        version=1,
        kind=ProxyKind.GRANTED,
        person_id=person_id,
        person_name=person_name,
        reader_id=reader_id,
        label=_label(label),
        scope=scope,
        starts_at=now,
        until=until,
        made_by=person_id,
    )


def guardian(
    *,
    child_id: UUID,
    child_name: str,
    child_birth: date,
    reader_id: UUID,
    reader_name: str,
    reader_birth: date,
    proof: Proof,
    made_by: UUID,
    now: datetime,
) -> Proxy:
    """A clinic's desk records a minor's guardian, who is an adult. It ends by itself on the eighteenth birthday."""
    today = now.astimezone(HOME_ZONE).date()
    if years_reached(ADULT_AT, child_birth, today) is not False:
        raise NOT_A_MINOR.error(field="patient_id")
    if years_reached(ADULT_AT, reader_birth, today) is not True:
        raise GUARDIAN_TOO_YOUNG.error(field="guardian_patient_id")
    return Proxy(
        id=new_id(),
        version=1,
        kind=ProxyKind.GUARDIAN,
        person_id=child_id,
        person_name=child_name,
        reader_id=reader_id,
        label=reader_name,
        scope="download",
        starts_at=now,
        until=datetime.combine(birthday(child_birth, ADULT_AT), time(), HOME_ZONE),
        made_by=made_by,
        proof=proof,
    )


def birthday(birth: date, years: int) -> date:
    """Return the day on which somebody born on `birth` reaches that age; 29 February becomes 1 March."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def _label(typed: str) -> str:
    label = " ".join(typed.split())
    if len(label) not in _LABEL or not label.isprintable():
        raise PROXY_LABEL.error(field="label")
    return label

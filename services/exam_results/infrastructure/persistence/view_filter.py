"""A view of the policy as SQL: the same words as `View.admits`, evaluated in the statement that reads.

Aliases: `e` exams, `p` the patient's record, `l` the laboratory. $1 is the viewer. Only constant text becomes SQL.
"""

from collections.abc import Callable, Iterator
from typing import Any

from services.shared.kernel.access import View
from services.shared.kernel.access_rules import Sensitive
from services.shared.kernel.relations import ADULT_AT, OWN_ACCESS_AT, Kind
from services.shared.platform.postgres.database import Scope

Mark = Callable[..., list[str]]

_HOLDS = """EXISTS (SELECT FROM care_relations c WHERE c.reader_id = $1 AND c.person_id = e.person_id
    AND c.clinic_id = e.clinic_id AND c.kind = {kind} AND c.sees >= {sees}
    AND (c.exam_id IS NULL OR c.exam_id = e.exam_id) AND c.starts_at <= {at}::timestamptz
    AND (c.until IS NULL OR c.until > {at}::timestamptz) AND c.ended_at IS NULL{sensitive})"""
_TODAY = "({at}::timestamptz AT TIME ZONE l.time_zone)::date"
_YOUNGER = "p.birth_date > (" + _TODAY + " - interval '{years} years')::date"
_SENSITIVE = {
    Sensitive.SHOWN: "",
    Sensitive.STEP_UP: "",
    Sensitive.NAMED: " AND (NOT e.sensitive OR c.exam_id = e.exam_id)",
    Sensitive.UNDER_12: f" AND (NOT e.sensitive OR {_YOUNGER})",
    Sensitive.HIDDEN: " AND NOT e.sensitive",
}


def conditions(view: View, mark: Mark) -> Iterator[str]:
    """Yield the conditions of a view; `mark` takes values as parameters and returns their marks."""
    for column, value in (
        ("clinic_id", view.clinic_id),
        ("person_id", view.person_id),
        ("requester_id", view.requester_id),
    ):
        if value is not None:
            yield f"e.{column} = {mark(value)[0]}"
    if view.relation is not None:
        yield from _relation(view, mark)


def _relation(view: View, mark: Mark) -> Iterator[str]:
    kind, sees, at = mark(view.relation, view.sees.value, view.at)
    sensitive = _SENSITIVE[view.rule.sensitive].format(at=at, years=OWN_ACCESS_AT)
    yield _HOLDS.format(kind=kind, sees=sees, at=at, sensitive=sensitive)
    if view.relation is Kind.GUARDIAN:
        yield _YOUNGER.format(at=at, years=ADULT_AT)


def in_scope(select: str, view: View, scope: Scope, mark: Mark) -> str:
    """Return `select` with the setting of its scope. A view on another person's exams takes that person's scope, which
    the database itself gives only while a relation holds: the second wall stands on its own.
    """
    if not view.crosses:
        return Scope.set_by(select, *mark(*scope.settings()))
    person, at = mark(view.person_id, view.at)
    return Scope.set_by(select, "''", f"coalesce(person_read_by($1, {person}, {at})::text, '')")


def audited_patient(patient_id: Any, mark: Mark) -> str:
    """The patient column of a list's audit row: set where a list is of one other person."""
    return "NULL" if patient_id is None else f"{mark(patient_id)[0]}::uuid"

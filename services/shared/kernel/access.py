"""Who may do what on which patient's data. The one place that decides it; deny by default; no I/O.

The table is `access_rules.RULES`. Stores ask by a `View`: one row of it made a filter for one caller, so that reading
and deciding are one statement. `decide` is the same rule for a single exam whose facts are at hand.
Tests compare both with an oracle written apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.shared.kernel.access_rules import RELATION_OF, RULES, Action, Bond, Rule, Sensitive, Values, Way
from services.shared.kernel.principal import Principal, Role
from services.shared.kernel.relations import ADULT_AT, OWN_ACCESS_AT, Kind, Relation, Sees, years_reached


class Why(StrEnum):
    """The reason of a decision, for tests and texts; never shown to a stranger."""

    ALLOWED = "allowed"
    NO_WAY = "no_way"  # nothing ties the caller to the exam
    NOT_IN_WAY = "not_in_way"  # a way holds, but does not allow this
    NOT_YET = "not_yet"  # the report is not signed or not opened
    STEP_UP = "step_up"


_BY_RELATION = frozenset({Bond.RELATION, Bond.CLINIC_RELATION})
_NEEDED = {Action.FIND: Sees.LIST, Action.READ: Sees.LIST, Action.DOWNLOAD: Sees.DOWNLOAD}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know of an exam. `today` is the clinic's local date."""

    exam_id: UUID
    clinic_id: UUID
    person_id: UUID
    requester_id: UUID
    sensitive: bool
    signed: bool = False
    opened: bool = False
    birth_date: date | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    allowed: bool
    why: Why
    values: bool = False
    way: Way | None = None
    purpose: str = "care"


@dataclass(frozen=True, slots=True)
class View:
    """A row of the table as a filter for one caller: rows that match every id that is set, and, where `relation` is
    set, rows of a person with such a relation to the viewer at `at`. `sees` is the least the relation must allow.
    """

    viewer_id: UUID
    rule: Rule
    clinic_id: UUID | None = None
    person_id: UUID | None = None
    requester_id: UUID | None = None
    relation: Kind | None = None
    sees: Sees = Sees.LIST
    at: datetime | None = None
    stepped_up: bool = False

    @property
    def values(self) -> Values:
        """A relation that shows the list alone shows no values."""
        if self.relation is not None and self.sees is Sees.LIST:
            return Values.NEVER
        return self.rule.values

    @property
    def purpose(self) -> str:
        return self.rule.purpose

    @property
    def is_staff(self) -> bool:
        return self.clinic_id is not None

    @property
    def is_bench(self) -> bool:
        """The laboratory's own people, whose list is a worklist."""
        return self.rule.way is Way.LABORATORY

    @property
    def may_act(self) -> bool:
        return Action.ACT in self.rule.actions

    @property
    def crosses(self) -> bool:
        """True when the rows are another person's and lie outside the caller's own clinic or person."""
        return self.rule.bond is Bond.RELATION

    def admits(self, exam: Facts, relations: Iterable[Relation] = ()) -> bool:
        """The filter in plain words; the stores' SQL says the same."""
        if not self._ids_match(exam):
            return False
        if self.relation is None:
            return True
        return any(self._holds(relation, exam) for relation in relations)

    def shows_values(self, *, signed: bool, opened: bool, sensitive: bool) -> bool:
        """Say whether values show now, to this caller."""
        return self.in_time(signed=signed, opened=opened) and not self.needs_step_up(sensitive=sensitive)

    def in_time(self, *, signed: bool, opened: bool) -> bool:
        """True from the moment on at which this way shows values."""
        if self.values is Values.WHEN_OPENED:
            return opened
        if self.values is Values.WHEN_SIGNED:
            return signed
        return self.values is Values.ALWAYS

    def needs_step_up(self, *, sensitive: bool) -> bool:
        return sensitive and self.rule.sensitive is not Sensitive.SHOWN and not self.stepped_up

    def _ids_match(self, exam: Facts) -> bool:
        return (
            self.clinic_id in {None, exam.clinic_id}
            and self.person_id in {None, exam.person_id}
            and self.requester_id in {None, exam.requester_id}
        )

    def _holds(self, relation: Relation, exam: Facts) -> bool:
        return (
            relation.kind is self.relation
            and relation.reader_id == self.viewer_id
            and relation.person_id == exam.person_id
            and relation.clinic_id == exam.clinic_id
            and relation.exam_id in {None, exam.exam_id}
            and relation.sees >= self.sees
            and self.at is not None
            and relation.holds_at(self.at)
            and self._sensitive_is_in(relation, exam)
            and self._is_of_age(exam)
        )

    def _sensitive_is_in(self, relation: Relation, exam: Facts) -> bool:
        if not exam.sensitive or self.rule.sensitive in {Sensitive.SHOWN, Sensitive.STEP_UP}:
            return True
        if self.rule.sensitive is Sensitive.NAMED:
            return relation.exam_id == exam.exam_id
        if self.rule.sensitive is Sensitive.UNDER_12:
            return years_reached(OWN_ACCESS_AT, exam.birth_date, exam.today) is False
        return False

    def _is_of_age(self, exam: Facts) -> bool:
        """A guardian's access ends by itself on the child's eighteenth birthday; an unknown age is refused."""
        if self.relation is not Kind.GUARDIAN:
            return True
        return years_reached(ADULT_AT, exam.birth_date, exam.today) is False


def views_of(caller: Principal, now: datetime, person_id: UUID | None = None) -> tuple[View, ...]:
    """Return the caller's ways in, the first that holds being the one that counts; none for who may see no exam.

    `person_id` names whose data is asked for where that is another person's: a proxy acting, or a doctor whom a
    patient let in. Without it nobody reads outside the own person, clinic or orders.
    """
    found: list[View] = []
    for rule in RULES:
        if not caller.has(*rule.roles) or (caller.clinic_id is None) is not (Role.PATIENT in rule.roles):
            continue
        if (rule.bond is Bond.RELATION) is (person_id is not None):
            found += _views(rule, caller, now, person_id)
    return tuple(found)


def _views(rule: Rule, caller: Principal, now: datetime, person_id: UUID | None) -> list[View]:
    in_clinic = rule.bond in {Bond.CLINIC, Bond.REQUESTER, Bond.CLINIC_RELATION}
    view = View(
        viewer_id=caller.account_id,
        rule=rule,
        clinic_id=caller.clinic_id if in_clinic else None,
        person_id=caller.account_id if rule.bond is Bond.PERSON else person_id,
        requester_id=caller.account_id if rule.bond is Bond.REQUESTER else None,
        relation=RELATION_OF.get(rule.way),
        sees=Sees.VALUES if rule.bond in _BY_RELATION else Sees.LIST,
        at=now,
        stepped_up=caller.stepped_up(now),
    )
    if rule.way is Way.GRANTED:  # the one relation that may be narrower
        return [view, replace(view, sees=Sees.LIST)]
    return [view]


def decide(
    caller: Principal, action: Action, exam: Facts, relations: Iterable[Relation], now: datetime
) -> Decision:
    """Say whether the caller may, whether values are shown, why, and for what purpose the audit row says it was."""
    known = tuple(relations)
    refused = Decision(allowed=False, why=Why.NO_WAY)
    for view in _ways(caller, now, exam.person_id):
        if not view.admits(exam, known):
            continue
        far_enough = replace(view, sees=max(_NEEDED.get(action, view.sees), view.sees))
        if action not in view.rule.actions or not far_enough.admits(exam, known):
            refused = Decision(allowed=False, why=Why.NOT_IN_WAY, way=view.rule.way)
            continue
        return _in_way(view, action, exam)
    return refused


def _ways(caller: Principal, now: datetime, person_id: UUID) -> Iterator[View]:
    """One after the other: mostly the first that holds ends the search."""
    yield from views_of(caller, now)
    yield from views_of(caller, now, person_id)


def _in_way(view: View, action: Action, exam: Facts) -> Decision:
    in_time = view.in_time(signed=exam.signed, opened=exam.opened)
    step_up = view.needs_step_up(sensitive=exam.sensitive)
    if action is Action.DOWNLOAD and not (exam.signed and in_time):
        return Decision(allowed=False, why=Why.NOT_YET, way=view.rule.way, purpose=view.purpose)
    if action is Action.DOWNLOAD and step_up:
        return Decision(allowed=False, why=Why.STEP_UP, way=view.rule.way, purpose=view.purpose)
    values = action in {Action.READ, Action.DOWNLOAD} and in_time and not step_up
    return Decision(
        allowed=True,
        why=Why.STEP_UP if action is Action.READ and in_time and step_up else Why.ALLOWED,
        values=values,
        way=view.rule.way,
        purpose=view.purpose,
    )

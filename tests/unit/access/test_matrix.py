"""Generated callers, relations and exams: the policy says what the oracle says, and never more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.shared.kernel.access import Facts, decide, views_of
from services.shared.kernel.access_rules import RULES, Action, Way
from services.shared.kernel.principal import Principal, Role
from services.shared.kernel.relations import Kind, Relation, Sees, years_reached
from tests.unit.access.oracle import expected

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
# Few ids, so that strangers and acquaintances meet often.
PEOPLE = [UUID(int=n) for n in range(1, 5)]
CLINICS = [UUID(int=n) for n in range(11, 13)]
EXAMS = [UUID(int=n) for n in range(21, 24)]
MOMENTS = [NOW + timedelta(minutes=n) for n in (-600, -5, -1, 0, 1, 600)]
BIRTHS = [date(2014, 3, 1), date(2014, 3, 2), date(2008, 3, 1), date(2008, 3, 2), date(1980, 1, 1)]

callers = st.builds(
    Principal,
    account_id=st.sampled_from(PEOPLE),
    roles=st.frozensets(st.sampled_from(Role), max_size=3),
    clinic_id=st.sampled_from([None, *CLINICS]),
    step_up_at=st.sampled_from([None, NOW - timedelta(minutes=6), NOW - timedelta(minutes=5), NOW]),
)
exams = st.builds(
    Facts,
    exam_id=st.sampled_from(EXAMS),
    clinic_id=st.sampled_from(CLINICS),
    person_id=st.sampled_from(PEOPLE),
    requester_id=st.sampled_from(PEOPLE),
    sensitive=st.booleans(),
    signed=st.booleans(),
    opened=st.booleans(),
    birth_date=st.sampled_from([None, *BIRTHS]),
    today=st.sampled_from([None, NOW.date()]),
)
relations = st.builds(
    Relation,
    id=st.just(UUID(int=99)),
    kind=st.sampled_from(Kind),
    clinic_id=st.sampled_from(CLINICS),
    person_id=st.sampled_from(PEOPLE),
    reader_id=st.sampled_from(PEOPLE),
    exam_id=st.sampled_from([None, *EXAMS]),
    starts_at=st.sampled_from(MOMENTS),
    until=st.sampled_from([None, *MOMENTS]),
    ended_at=st.sampled_from([None, None, NOW]),
    sees=st.just(Sees.DOWNLOAD),
)
grants = st.builds(replace, relations, kind=st.just(Kind.GRANTED), sees=st.sampled_from(Sees))


@settings(max_examples=3000, deadline=None)
@given(callers, exams, st.lists(relations | grants, max_size=4))
def test_the_policy_says_what_the_matrix_says(caller: Principal, exam: Facts, known: list[Relation]) -> None:
    wanted = expected(caller, exam, known, NOW)
    decided = {action: decide(caller, action, exam, known, NOW) for action in Action}
    assert decided[Action.FIND].allowed is wanted.find
    assert decided[Action.READ].allowed is wanted.find
    assert decided[Action.DOWNLOAD].allowed is wanted.download
    assert decided[Action.ACT].allowed is wanted.act
    assert not decided[Action.FIND].values  # a list shows none
    # The first way that holds decides: it may show less than all ways together, never more.
    assert wanted.values or not decided[Action.READ].values


@settings(max_examples=1500, deadline=None)
@given(callers, exams, st.lists(relations | grants, max_size=1))
def test_with_one_tie_alone_the_values_are_those_of_the_matrix(
    caller: Principal, exam: Facts, known: list[Relation]
) -> None:
    for role in caller.roles:
        single = replace(caller, roles=frozenset({role}))
        ties = {view.rule.way for view in views_of(single, NOW) if view.admits(exam, known)}
        ties |= {view.rule.way for view in views_of(single, NOW, exam.person_id) if view.admits(exam, known)}
        if len(ties) == 1:
            wanted = expected(single, exam, known, NOW)
            assert decide(single, Action.READ, exam, known, NOW).values is wanted.values


@settings(max_examples=1500, deadline=None)
@given(callers, exams, st.lists(relations | grants, max_size=4))
def test_without_a_tie_there_is_nothing(caller: Principal, exam: Facts, known: list[Relation]) -> None:
    stranger = replace(caller, account_id=UUID(int=77), clinic_id=UUID(int=78) if caller.clinic_id else None)
    for action in Action:
        decision = decide(stranger, action, exam, known, NOW)
        assert (decision.allowed, decision.values) == (False, False)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.INTEGRATION, Role.SERVICE])
@pytest.mark.parametrize("clinic", [None, CLINICS[0]])
def test_roles_that_read_no_exam_have_no_way(role: Role, clinic: UUID | None) -> None:
    caller = Principal(PEOPLE[0], frozenset({role}), clinic)
    assert views_of(caller, NOW) == ()
    assert views_of(caller, NOW, PEOPLE[0]) == ()


def test_every_way_has_one_row_and_reading_by_a_relation_never_changes_anything() -> None:
    assert sorted(rule.way for rule in RULES) == sorted(Way)
    for rule in RULES:
        if rule.way in {Way.SHARED, Way.EMERGENCY, Way.GUARDIAN, Way.GRANTED}:
            assert Action.ACT not in rule.actions
            assert rule.purpose != "care"


@pytest.mark.parametrize(
    ("birth", "today", "reached"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (date(2008, 3, 1), date(2026, 2, 28), False),
        (date(2008, 3, 1), date(2026, 3, 1), True),
        (date(2008, 2, 29), date(2028, 2, 28), True),
    ],
)
def test_eighteen_is_reached_on_the_birthday_of_the_civil_code(
    birth: date, today: date, reached: bool
) -> None:
    assert years_reached(18, birth, today) is reached


def test_the_page_that_people_approve_has_the_tables_rows_in_order() -> None:
    page = Path(__file__).parents[3] / "docs" / "security" / "policy.md"
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    shown = [row for row in rows if row[0] in set(Way) and len(row) == 7]
    assert [row[0] for row in shown] == [rule.way.value for rule in RULES]
    for row, rule in zip(shown, RULES, strict=True):
        assert set(row[1].split(", ")) == {role.value for role in rule.roles}
        assert row[6] == rule.purpose
        for action in (Action.DRAFT, Action.ACT, Action.DOWNLOAD):
            assert (action.value in row[3]) is (action in rule.actions), (row[0], action)

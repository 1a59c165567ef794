"""Whatever is done in whatever order, an exam keeps its rules."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.exam_results.domain import errors
from services.exam_results.domain.entry import read_entry
from services.exam_results.domain.evaluation import Subject, evaluate, missing
from services.exam_results.domain.exam import EMBARGO, Actor, Exam
from services.exam_results.domain.exam_events import ExamRegistered, Priority
from services.exam_results.domain.lifecycle import FINISHED, ONCE_RELEASED, State
from services.exam_results.domain.people import Sex
from services.exam_results.domain.results import EnteredValue, Result
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from tests.unit.exam_results.samples import CATALOGUE, LIFECYCLE, NOW, Clinic, typed

CLINIC = Clinic()
SODIUM = CATALOGUE.find("NA")
PEOPLE = {
    role: Actor(new_id(), frozenset({role}))
    for role in (Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER, Role.DOCTOR, Role.PATIENT)
}
BOTH = Actor(new_id(), frozenset({Role.TECHNICIAN, Role.RELEASER}))  # small clinics have such people
ACTORS = st.sampled_from([*PEOPLE.values(), BOTH])
TECHNICIAN, RELEASER = PEOPLE[Role.TECHNICIAN], PEOPLE[Role.RELEASER]


def registered(**changes: Any) -> Exam:
    fields: dict[str, Any] = {
        "exam_id": new_id(),
        "actor_id": CLINIC.doctor_id,
        "occurred_at": NOW,
        "clinic_id": CLINIC.id,
        "protocol": "0000-0000-0",
        "patient_id": CLINIC.patient_id,
        "person_id": CLINIC.person_id,
        "requester_id": CLINIC.doctor_id,
        "code": "NA",
        "priority": Priority.ROUTINE,
        "sensitive": None,
        "catalogue_version": "test",
        "scheduled_at": None,
        "clinical_note": None,
    }
    return Exam.register(ExamRegistered(**{**fields, **changes}), LIFECYCLE)


def measured(value: str) -> tuple[tuple[EnteredValue, ...], tuple[Result, ...]]:
    assert SODIUM
    entry = read_entry(SODIUM, typed({"NA": value}, "NA"))
    subject = Subject(Sex.FEMALE, CLINIC.patient_record().birth_date, NOW.date())
    return entry.values, evaluate(SODIUM, entry.values, subject)


def do_collect(exam: Exam, by: Actor = TECHNICIAN) -> None:
    exam.collect(barcode="T-0001", collected_at=NOW, identified_by=("name", "birth_date"), by=by, now=NOW)


def do_enter(exam: Exam, value: str = "140", by: Actor = TECHNICIAN) -> None:
    values, results = measured(value)
    exam.enter_results(values, results, by, NOW)


def do_complete(exam: Exam, by: Actor = TECHNICIAN, *, repeated: bool = True) -> None:
    assert SODIUM
    results = exam.facts.results
    codes = frozenset(result.code for result in results) if repeated else frozenset()
    exam.check_completable(results, missing(SODIUM, results), codes, by)
    exam.complete(results, catalogue_version="test", snapshot_sha256="0" * 64, by=by, now=NOW)


def do_release(exam: Exam, by: Actor = RELEASER, *, embargoed: bool = False) -> None:
    exam.release(snapshot_sha256="0" * 64, embargoed=embargoed, by=by, now=NOW)


def in_analysis() -> Exam:
    exam = registered()
    do_collect(exam)
    exam.start_analysis(TECHNICIAN, NOW)
    return exam


class AnyOrderOfCommands(RuleBasedStateMachine):
    """Anybody tries anything at any moment; refusals change nothing, and the rules hold after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.exam = registered()
        self.now = NOW

    def attempt(self, act: Any, *args: Any, **kwargs: Any) -> None:
        version, facts = self.exam.version, self.exam.facts
        try:
            act(*args, **kwargs)
        except LaudoError:
            assert (self.exam.version, self.exam.facts) == (version, facts)

    @rule(by=ACTORS, hours=st.integers(-5, 50))
    def schedule(self, by: Actor, hours: int) -> None:
        self.attempt(self.exam.schedule, NOW + timedelta(hours=hours), by, NOW)

    @rule(by=ACTORS)
    def collect(self, by: Actor) -> None:
        self.attempt(do_collect, self.exam, by)

    @rule(by=ACTORS)
    def start(self, by: Actor) -> None:
        self.attempt(self.exam.start_analysis, by, NOW)

    @rule(by=ACTORS, value=st.sampled_from(["140", "100", "180", "150,5"]))
    def enter(self, by: Actor, value: str) -> None:
        self.attempt(do_enter, self.exam, value, by)

    @rule(by=ACTORS, repeated=st.booleans())
    def complete(self, by: Actor, repeated: bool) -> None:
        self.attempt(do_complete, self.exam, by, repeated=repeated)

    @rule(by=ACTORS)
    def send_back(self, by: Actor) -> None:
        self.attempt(self.exam.send_back, "motivo", by, NOW)

    @rule(by=ACTORS, embargoed=st.booleans())
    def release(self, by: Actor, embargoed: bool) -> None:
        self.attempt(do_release, self.exam, by, embargoed=embargoed)

    @rule(version=st.integers(0, 3), days=st.sampled_from([0, 3, 8]))
    def sign(self, version: int, days: int) -> None:
        self.exam.record_signature(
            report_version=version, file_id=new_id(), sha256="1" * 64, now=NOW + timedelta(days=days)
        )

    @rule(days=st.sampled_from([0, 6, 7, 8]))
    def sweep(self, days: int) -> None:
        self.exam.open_result(NOW + timedelta(days=days))

    @rule(by=ACTORS)
    def recollect(self, by: Actor) -> None:
        self.attempt(self.exam.request_recollection, "hemólise", by, NOW)

    @rule(by=ACTORS, reason=st.sampled_from(["", "  ", "desistência"]))
    def cancel(self, by: Actor, reason: str) -> None:
        self.attempt(self.exam.cancel, reason, by, NOW)

    @invariant()
    def the_stream_folds_to_the_same_exam(self) -> None:
        folded = Exam.fold([each.event for each in self.exam.recorded], LIFECYCLE)
        assert (folded.facts, folded.version) == (self.exam.facts, self.exam.version)

    @invariant()
    def versions_have_no_gap(self) -> None:
        assert [each.version for each in self.exam.recorded] == list(range(1, self.exam.version + 1))

    @invariant()
    def every_step_is_one_of_the_lifecycle(self) -> None:
        for each in self.exam.recorded:
            if each.previous_state not in {None, each.state}:
                assert (each.previous_state, each.state) in LIFECYCLE.transitions

    @invariant()
    def nobody_releases_what_they_typed(self) -> None:
        assert (
            self.exam.facts.releaser_id is None or self.exam.facts.releaser_id not in self.exam.facts.typed_by
        )

    @invariant()
    def what_is_completed_or_released_has_its_values_and_its_repeats(self) -> None:
        if self.exam.state in {State.COMPLETED} | ONCE_RELEASED:
            assert self.exam.facts.results
            criticals = {result.code for result in self.exam.facts.results if result.is_critical}
            assert criticals <= self.exam.facts.criticals_repeated

    @invariant()
    def the_patient_reads_only_what_is_released_signed_and_free(self) -> None:
        facts = self.exam.facts
        if facts.opened_at is not None:
            assert facts.state in ONCE_RELEASED
            assert facts.signed_file_id is not None
            assert not facts.under_embargo(facts.opened_at)


TestAnyOrderOfCommands = AnyOrderOfCommands.TestCase
TestAnyOrderOfCommands.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_who_typed_the_values_cannot_release_them_even_as_a_releaser() -> None:
    exam = in_analysis()
    do_enter(exam, by=BOTH)
    do_complete(exam)
    with pytest.raises(LaudoError) as refused:
        do_release(exam, BOTH)
    assert refused.value.kind is errors.OWN_VALUES
    do_release(exam)
    assert exam.state is State.RELEASED


def test_having_typed_before_a_correction_by_another_still_counts() -> None:
    exam = in_analysis()
    do_enter(exam, "139", by=BOTH)
    do_enter(exam, "140")
    do_complete(exam)
    with pytest.raises(LaudoError):
        do_release(exam, BOTH)


def test_a_new_specimen_starts_anew() -> None:
    exam = in_analysis()
    do_enter(exam, by=BOTH)
    exam.request_recollection("hemólise", TECHNICIAN, NOW)
    assert exam.facts.results == ()
    assert exam.facts.barcode is None
    do_collect(exam)
    exam.start_analysis(TECHNICIAN, NOW)
    do_enter(exam)
    do_complete(exam)
    do_release(exam, BOTH)
    assert exam.facts.releaser_id == BOTH.id


def test_a_critical_value_needs_its_repeat_before_completion() -> None:
    exam = in_analysis()
    do_enter(exam, "118")
    with pytest.raises(LaudoError) as refused:
        do_complete(exam, repeated=False)
    assert refused.value.kind is errors.CRITICALS_NOT_REPEATED
    assert [each.field for each in refused.value.errors] == ["criticals_repeated.NA"]
    do_complete(exam)
    assert exam.facts.criticals_repeated == frozenset({"NA"})


def test_completion_names_every_missing_value() -> None:
    exam = in_analysis()
    with pytest.raises(LaudoError) as refused:
        do_complete(exam)
    assert refused.value.kind is errors.VALUES_MISSING
    assert [each.field for each in refused.value.errors] == ["values.NA"]


def test_a_signed_report_opens_the_result_at_once_without_an_embargo() -> None:
    exam = in_analysis()
    do_enter(exam)
    do_complete(exam)
    do_release(exam)
    file_id = new_id()
    exam.record_signature(report_version=1, file_id=file_id, sha256="1" * 64, now=NOW)
    assert exam.facts.opened_at == NOW
    version = exam.version
    exam.record_signature(report_version=1, file_id=new_id(), sha256="2" * 64, now=NOW)
    assert (exam.version, exam.facts.signed_file_id) == (version, file_id)


def test_an_embargo_holds_seven_days_and_not_a_second_longer() -> None:
    exam = in_analysis()
    do_enter(exam)
    do_complete(exam)
    do_release(exam, embargoed=True)
    exam.record_signature(report_version=1, file_id=new_id(), sha256="1" * 64, now=NOW)
    assert exam.facts.opened_at is None
    exam.open_result(NOW + EMBARGO - timedelta(seconds=1))
    assert exam.facts.opened_at is None
    exam.open_result(NOW + EMBARGO)
    assert exam.facts.opened_at == NOW + EMBARGO


def test_a_version_that_somebody_else_moved_on_is_refused() -> None:
    exam = registered()
    with pytest.raises(LaudoError) as refused:
        exam.require_version(2)
    assert refused.value.kind is errors.VERSION_CONFLICT


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"barcode": "ab"}, errors.BARCODE_INVALID),
        ({"barcode": "abc def"}, errors.BARCODE_INVALID),
        ({"collected_at": NOW + timedelta(minutes=6)}, errors.COLLECTED_AT_INVALID),
        ({"identified_by": ("name",)}, errors.TWO_FACTORS),
        ({"identified_by": ("name", "name")}, errors.TWO_FACTORS),
    ],
)
def test_a_collection_needs_barcode_time_and_two_facts(changes: dict[str, Any], kind: Any) -> None:
    exam = registered()
    whole: dict[str, Any] = {
        "barcode": "T-0001",
        "collected_at": NOW,
        "identified_by": ("name", "birth_date"),
    }
    with pytest.raises(LaudoError) as refused:
        exam.collect(**{**whole, **changes}, by=TECHNICIAN, now=NOW)
    assert refused.value.kind is kind


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT, Role.RECEPTIONIST])
def test_a_finished_exam_takes_no_further_step(role: Role) -> None:
    exam = registered()
    exam.cancel("desistência", PEOPLE[Role.DOCTOR], NOW)
    assert exam.state in FINISHED
    acts: list[Callable[[], None]] = [
        lambda: exam.schedule(NOW + timedelta(days=1), PEOPLE[Role.RECEPTIONIST], NOW),
        lambda: do_collect(exam),
        lambda: exam.cancel("de novo", PEOPLE[role], NOW),
    ]
    for act in acts:
        with pytest.raises(LaudoError) as refused:
            act()
        assert refused.value.kind is errors.WRONG_STATE


def test_a_stream_begins_with_a_registration() -> None:
    with pytest.raises(ValueError, match="registration"):
        Exam.fold([], LIFECYCLE)
    stray = in_analysis().recorded[1].event
    with pytest.raises(ValueError, match="registration"):
        Exam.fold([stray], LIFECYCLE)

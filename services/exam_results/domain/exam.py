"""An exam as the fold of its events, and the decisions that add to them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.exam_results.domain import errors
from services.exam_results.domain.exam_events import (
    AnalysisStarted,
    ExamCancelled,
    ExamCompleted,
    ExamEvent,
    ExamRegistered,
    ExamReleased,
    ExamReturned,
    ExamScheduled,
    PersonChanged,
    RecollectionRequested,
    ReportSigned,
    ResultMadeAvailable,
    ResultsEntered,
    SpecimenCollected,
)
from services.exam_results.domain.exam_facts import ExamFacts, apply
from services.exam_results.domain.lifecycle import ONCE_RELEASED, Lifecycle, State
from services.exam_results.domain.plain_text import plain_text
from services.exam_results.domain.results import EnteredValue, Result
from services.shared.kernel.errors import FORBIDDEN, INVALID, FieldError, LaudoError
from services.shared.kernel.principal import Role

EMBARGO = timedelta(days=7)
_CLOCK_SKEW = timedelta(minutes=5)  # analysers and reception desks do not agree to the second
_BARCODE = re.compile(r"[A-Za-z0-9-]{4,40}")
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decides, with the roles that count in the exam's clinic."""

    id: UUID
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event that is not stored yet, with its place in the stream and the states around it."""

    version: int
    event: ExamEvent
    previous_state: State | None
    state: State


@dataclass
class Exam:
    lifecycle: Lifecycle
    facts: ExamFacts
    version: int
    recorded: list[Recorded] = field(default_factory=list)

    @classmethod
    def register(cls, event: ExamRegistered, lifecycle: Lifecycle) -> "Exam":
        facts = apply(None, event)
        return cls(lifecycle, facts, 1, [Recorded(1, event, None, facts.state)])

    @classmethod
    def fold(cls, events: Iterable[ExamEvent], lifecycle: Lifecycle) -> "Exam":
        """Rebuild an exam from its whole stream, oldest first; raises ValueError for an empty one."""
        facts: ExamFacts | None = None
        version = 0
        for event in events:
            facts = apply(facts, event)
            version += 1
        if facts is None:
            raise ValueError("an exam begins with its registration")
        return cls(lifecycle, facts, version)

    @property
    def state(self) -> State:
        return self.facts.state

    def require_version(self, expected: int) -> None:
        """Raise unless nothing happened since the caller looked."""
        if expected != self.version:
            raise errors.VERSION_CONFLICT.error()

    def schedule(self, at: datetime, by: Actor, now: datetime) -> None:
        self._require(State.SCHEDULED, by)
        if at <= now:
            raise errors.SCHEDULE_IN_PAST.error(field="scheduled_at")
        self._record(ExamScheduled(exam_id=self.facts.id, actor_id=by.id, occurred_at=now, scheduled_at=at))

    def collect(
        self,
        *,
        barcode: str,
        collected_at: datetime,
        identified_by: tuple[str, ...],
        by: Actor,
        now: datetime,
    ) -> None:
        """Record the specimen: two different facts identified the patient, and the tube carries a barcode."""
        self._require(State.COLLECTED, by)
        if not _BARCODE.fullmatch(barcode):
            raise errors.BARCODE_INVALID.error(field="barcode")
        if collected_at > now + _CLOCK_SKEW:
            raise errors.COLLECTED_AT_INVALID.error(field="collected_at")
        if len(set(identified_by)) < 2:
            raise errors.TWO_FACTORS.error(field="patient_identified_by")
        self._record(
            SpecimenCollected(
                exam_id=self.facts.id,
                actor_id=by.id,
                occurred_at=now,
                barcode=barcode,
                collected_at=collected_at,
                identified_by=tuple(dict.fromkeys(identified_by)),
            )
        )

    def start_analysis(self, by: Actor, now: datetime) -> None:
        if self.state is not State.COLLECTED:  # the other way in is a releaser's return
            raise self.lifecycle.wrong_state(self.state)
        self._require(State.IN_ANALYSIS, by)
        self._record(AnalysisStarted(exam_id=self.facts.id, actor_id=by.id, occurred_at=now))

    def check_in_analysis(self) -> None:
        if self.state is not State.IN_ANALYSIS:
            raise self.lifecycle.wrong_state(self.state)

    def enter_results(
        self, values: tuple[EnteredValue, ...], results: tuple[Result, ...], by: Actor, now: datetime
    ) -> None:
        """Replace the values typed so far. Only while the analysis runs, and only by a technician."""
        self.check_in_analysis()
        if Role.TECHNICIAN not in by.roles:
            raise FORBIDDEN.error()
        self._record(
            ResultsEntered(
                exam_id=self.facts.id, actor_id=by.id, occurred_at=now, values=values, results=results
            )
        )

    def check_completable(
        self, results: tuple[Result, ...], missing: tuple[str, ...], repeated: frozenset[str], by: Actor
    ) -> None:
        """Raise unless every value is there and every critical one was measured again."""
        self._require(State.COMPLETED, by)
        if missing:
            raise LaudoError(
                errors.VALUES_MISSING,
                errors=tuple(FieldError(f"values.{code}", errors.VALUE_MISSING) for code in missing),
            )
        unrepeated = [result.code for result in results if result.is_critical and result.code not in repeated]
        if unrepeated:
            raise LaudoError(
                errors.CRITICALS_NOT_REPEATED,
                errors=tuple(
                    FieldError(f"criticals_repeated.{code}", errors.CRITICAL_NOT_REPEATED)
                    for code in unrepeated
                ),
            )

    def complete(
        self,
        results: tuple[Result, ...],
        *,
        catalogue_version: str,
        snapshot_sha256: str,
        by: Actor,
        now: datetime,
    ) -> None:
        """Close the analysis with the results as judged now; `check_completable` comes first."""
        self._require(State.COMPLETED, by)
        self._record(
            ExamCompleted(
                exam_id=self.facts.id,
                actor_id=by.id,
                occurred_at=now,
                report_version=self.next_report_version,
                results=results,
                criticals_repeated=tuple(result.code for result in results if result.is_critical),
                catalogue_version=catalogue_version,
                snapshot_sha256=snapshot_sha256,
            )
        )

    def send_back(self, reason: str, by: Actor, now: datetime) -> None:
        if self.state is not State.COMPLETED:
            raise self.lifecycle.wrong_state(self.state)
        self._require(State.IN_ANALYSIS, by)
        self._record(
            ExamReturned(exam_id=self.facts.id, actor_id=by.id, occurred_at=now, reason=_reason(reason))
        )

    def check_releaser(self, by: Actor) -> None:
        """Raise unless this person may release this exam: a releaser who typed none of its values."""
        self._require(State.RELEASED, by)
        if by.id in self.facts.typed_by:
            raise errors.OWN_VALUES.error()

    def check_unchanged_since_draft(self, results: tuple[Result, ...]) -> None:
        """Raise unless the values are judged now as they were on the draft that was looked at."""
        if results != self.facts.results:
            raise errors.DRAFT_OUTDATED.error()

    def release(self, *, snapshot_sha256: str, embargoed: bool, by: Actor, now: datetime) -> None:
        """State that the results hold. The patient reads them once the report is signed."""
        self.check_releaser(by)
        self._record(
            ExamReleased(
                exam_id=self.facts.id,
                actor_id=by.id,
                occurred_at=now,
                report_version=self.next_report_version,
                snapshot_sha256=snapshot_sha256,
                embargo_until=now + EMBARGO if embargoed else None,
            )
        )

    def record_signature(self, *, report_version: int, file_id: UUID, sha256: str, now: datetime) -> None:
        """Take note of the signed report of the current version, and open it unless an embargo runs.

        An older or already signed version changes nothing, nor does a signature of what was never released.
        """
        awaited = self.state in ONCE_RELEASED and self.facts.signed_file_id is None
        if not awaited or report_version != self.facts.report_version:
            return
        self._record(
            ReportSigned(
                exam_id=self.facts.id,
                actor_id=None,
                occurred_at=now,
                report_version=report_version,
                file_id=file_id,
                sha256=sha256,
            )
        )
        self.open_result(now)

    def open_result(self, now: datetime) -> None:
        """Let the patient read: the report is signed, and the embargo, if any, has ended. Else nothing."""
        facts = self.facts
        if facts.signed_file_id is None or facts.opened_at is not None or facts.under_embargo(now):
            return
        self._record(
            ResultMadeAvailable(
                exam_id=facts.id, actor_id=None, occurred_at=now, report_version=facts.report_version
            )
        )

    def request_recollection(self, reason: str, by: Actor, now: datetime) -> None:
        self._require(State.RECOLLECT, by)
        self._record(
            RecollectionRequested(
                exam_id=self.facts.id, actor_id=by.id, occurred_at=now, reason=_reason(reason)
            )
        )

    def cancel(self, reason: str, by: Actor, now: datetime) -> None:
        self._require(State.CANCELLED, by)
        self._record(
            ExamCancelled(exam_id=self.facts.id, actor_id=by.id, occurred_at=now, reason=_reason(reason))
        )

    def change_person(self, person_id: UUID, now: datetime) -> None:
        """Follow the patient's record to the person it belongs to now, in whatever state the exam is."""
        if person_id != self.facts.person_id:
            self._record(
                PersonChanged(exam_id=self.facts.id, actor_id=None, occurred_at=now, person_id=person_id)
            )

    @property
    def next_report_version(self) -> int:
        return self.facts.report_version + 1

    def _require(self, target: State, by: Actor) -> None:
        self.lifecycle.require(self.state, target, by.roles)

    def _record(self, event: ExamEvent) -> None:
        previous = self.state
        self.facts = apply(self.facts, event)
        self.version += 1
        self.recorded.append(Recorded(self.version, event, previous, self.state))


def _reason(text: str) -> str:
    reason = plain_text(text)
    if reason is None:
        raise LaudoError(INVALID, errors=(FieldError("reason", errors.TEXT_INVALID),))
    if not 3 <= len(reason) <= _LONGEST_REASON:
        raise LaudoError(INVALID, errors=(FieldError("reason", errors.REASON_REQUIRED),))
    return reason

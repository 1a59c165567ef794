"""What the events of an exam add up to. Applying an event never refuses: what happened, happened."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

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
    Priority,
    RecollectionRequested,
    ReportSigned,
    ResultMadeAvailable,
    ResultsEntered,
    SpecimenCollected,
)
from services.exam_results.domain.lifecycle import State
from services.exam_results.domain.results import EnteredValue, Result


@dataclass(frozen=True, slots=True)
class ExamFacts:
    id: UUID
    clinic_id: UUID
    protocol: str
    patient_id: UUID
    person_id: UUID
    requester_id: UUID
    code: str
    priority: Priority
    sensitive: str | None
    clinical_note: str | None
    created_at: datetime
    state: State
    scheduled_at: datetime | None = None
    barcode: str | None = None
    collected_at: datetime | None = None
    values: tuple[EnteredValue, ...] = ()
    results: tuple[Result, ...] = ()
    typed_by: frozenset[UUID] = frozenset()  # everyone who typed for the present specimen
    criticals_repeated: frozenset[str] = frozenset()
    completed_at: datetime | None = None
    draft_version: int | None = None  # the report version that the present draft would become
    report_version: int = 0  # of the last release; 0: never released
    releaser_id: UUID | None = None
    released_at: datetime | None = None
    embargo_until: datetime | None = None
    signed_file_id: UUID | None = None
    signed_sha256: str | None = None
    opened_at: datetime | None = None

    def under_embargo(self, now: datetime) -> bool:
        return self.embargo_until is not None and now < self.embargo_until

    @property
    def waits_for_embargo(self) -> bool:
        """Signed, and only the embargo keeps it from the patient."""
        return self.signed_file_id is not None and self.opened_at is None

    @property
    def ever_released(self) -> bool:
        return self.report_version > 0

    @property
    def flagged(self) -> bool:
        return any(result.is_flagged for result in self.results)


def apply(facts: ExamFacts | None, event: ExamEvent) -> ExamFacts:
    if isinstance(event, ExamRegistered):
        return _registered(event)
    if facts is None:
        raise ValueError("an exam begins with its registration")
    if isinstance(event, ReportSigned | ResultMadeAvailable | ExamReleased):
        return _published(facts, event)
    return _worked_on(facts, event)


def _registered(event: ExamRegistered) -> ExamFacts:
    return ExamFacts(
        id=event.exam_id,
        clinic_id=event.clinic_id,
        protocol=event.protocol,
        patient_id=event.patient_id,
        person_id=event.person_id,
        requester_id=event.requester_id,
        code=event.code,
        priority=event.priority,
        sensitive=event.sensitive,
        clinical_note=event.clinical_note,
        created_at=event.occurred_at,
        state=State.SCHEDULED if event.scheduled_at else State.REGISTERED,
        scheduled_at=event.scheduled_at,
    )


def _worked_on(facts: ExamFacts, event: ExamEvent) -> ExamFacts:
    match event:
        case ExamScheduled():
            facts = replace(facts, state=State.SCHEDULED, scheduled_at=event.scheduled_at)
        case SpecimenCollected():
            facts = replace(
                facts, state=State.COLLECTED, barcode=event.barcode, collected_at=event.collected_at
            )
        case AnalysisStarted():
            facts = replace(facts, state=State.IN_ANALYSIS)
        case ResultsEntered():
            typists = facts.typed_by | ({event.actor_id} if event.actor_id else frozenset())
            facts = replace(facts, values=event.values, results=event.results, typed_by=typists)
        case ExamCompleted():
            facts = replace(
                facts,
                state=State.COMPLETED,
                results=event.results,
                criticals_repeated=frozenset(event.criticals_repeated),
                completed_at=event.occurred_at,
                draft_version=event.report_version,
            )
        case ExamReturned():
            facts = replace(
                facts,
                state=State.IN_ANALYSIS,
                criticals_repeated=frozenset(),
                completed_at=None,
                draft_version=None,
            )
        case RecollectionRequested():  # nothing measured on the old specimen counts any more
            facts = replace(
                facts,
                state=State.RECOLLECT,
                barcode=None,
                collected_at=None,
                values=(),
                results=(),
                typed_by=frozenset(),
            )
        case PersonChanged():
            facts = replace(facts, person_id=event.person_id)
        case ExamCancelled():
            facts = replace(facts, state=State.CANCELLED)
        case _:
            raise TypeError(type(event).__name__)
    return facts


def _published(facts: ExamFacts, event: ReportSigned | ResultMadeAvailable | ExamReleased) -> ExamFacts:
    match event:
        case ExamReleased():
            return replace(
                facts,
                state=State.RELEASED,
                report_version=event.report_version,
                draft_version=None,
                releaser_id=event.actor_id,
                released_at=event.occurred_at,
                embargo_until=event.embargo_until,
                signed_file_id=None,
                signed_sha256=None,
                opened_at=None,
            )
        case ReportSigned():
            return replace(facts, signed_file_id=event.file_id, signed_sha256=event.sha256)
        case ResultMadeAvailable():
            return replace(facts, opened_at=event.occurred_at)

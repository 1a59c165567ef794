"""The list of exams that a person came for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from services.exam_results.application.caller import Caller
from services.exam_results.application.exam_json import ExamJson
from services.exam_results.application.policy import emergency_view, list_view, view_of
from services.exam_results.application.ports import (
    ExamReads,
    ExamRow,
    Order,
    PageCriteria,
    PageKey,
    Search,
)
from services.exam_results.application.relation_views import views_to
from services.exam_results.application.search_text import plain
from services.exam_results.domain import errors
from services.exam_results.domain.catalogue import Catalogue
from services.exam_results.domain.lifecycle import ON_THE_BENCH, State
from services.exam_results.domain.protocol_number import read_protocol
from services.shared.kernel.access import View
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class ListQuestion:
    limit: int = 20
    text: str | None = None
    states: tuple[State, ...] = ()
    patient_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: PageKey | None = None
    person_id: UUID | None = None  # another person's exams, by a relation to that person
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class ExamPage:
    items: list[str]
    """Each is one exam's JSON."""

    next_key: PageKey | None
    order: Order


@dataclass(frozen=True)
class ListExams:
    """List the exams the caller may see, newest first: a patient's own of all clinics, a doctor's own orders, for a
    receptionist all of the clinic without values.

    A technician or releaser gets the worklist: what is still on the bench, urgent first, then the oldest; with a
    search, a patient or a finished state, everything of the clinic, newest first. A list is one audit row.

    With `person_id`, the exams of a person who lets the caller in: as guardian, by a grant, or shared with a doctor.
    With `way=emergency` and `patient_id`, a patient's exams under an emergency access that lasts.
    """

    catalogue: Catalogue
    json: ExamJson
    clock: Clock

    async def run(self, reads: ExamReads, caller: Caller, question: ListQuestion) -> ExamPage:
        now = self.clock.now()
        view = await _view(reads, caller, question, now)
        order = order_of(view, question)
        rows = await reads.page(
            PageCriteria(
                view=view,
                order=order,
                limit=question.limit + 1,
                states=_states(order, question.states),
                patient_id=question.patient_id,
                search=_search(self.catalogue, question.text),
                since=question.since,
                until=question.until,
                after=question.after,
            ),
            caller.did(
                "exam.list",
                now,
                clinic_id=view.clinic_id,
                patient_id=question.patient_id if question.emergency else question.person_id,
                purpose=view.purpose,
            ),
        )
        shown = rows[: question.limit]
        return ExamPage(
            items=self.json.list_items(shown, view),
            next_key=_key(shown[-1]) if len(rows) > question.limit else None,
            order=order,
        )


async def _view(reads: ExamReads, caller: Caller, question: ListQuestion, now: datetime) -> View:
    if question.emergency:
        if question.patient_id is None:
            raise errors.LIST_NEEDS_PATIENT.error(field="patient_id")
        return emergency_view(caller.principal, now)
    if question.person_id is not None:
        return list_view(await views_to(reads, caller, question.person_id, now))
    return view_of(caller.principal, now)


def order_of(view: View, question: ListQuestion) -> Order:
    looks_for_one = question.text or question.patient_id
    on_bench = all(state in ON_THE_BENCH for state in question.states)
    return Order.WORKLIST if view.is_bench and on_bench and not looks_for_one else Order.NEWEST


def _states(order: Order, asked: tuple[State, ...]) -> tuple[State, ...]:
    return asked or (tuple(sorted(ON_THE_BENCH)) if order is Order.WORKLIST else ())


def _key(row: ExamRow) -> PageKey:
    """The moment is in the row's JSON: as a column, reading twenty of them costs more than parsing one item."""
    created_at = datetime.fromisoformat(orjson.loads(row["item"])["created_at"])
    return PageKey(row["priority_rank"], created_at, UUID(row["exam_id"]))


def _search(catalogue: Catalogue, text: str | None) -> Search | None:
    wanted = plain(text or "")
    if not wanted:
        return None
    return Search(wanted, read_protocol(wanted), tuple(_codes(catalogue, wanted)))


def _codes(catalogue: Catalogue, wanted: str) -> Iterable[str]:
    for exam in catalogue.exams:
        if wanted in plain(exam.name_pt) or wanted in plain(exam.name_en) or wanted == exam.code.lower():
            yield exam.code

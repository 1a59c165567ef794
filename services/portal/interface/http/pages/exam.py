"""One exam: a patient's result, or the staff's working page with what they may do now."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.actions import Action, may
from services.portal.application.documents import draft_report, signed_report
from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.pages.others import person_of
from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Readers = Annotated[
    Visit, visitors(Role.PATIENT, Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER)
]
_WITH_FILES = frozenset({"completed", "released", "amended", "corrected", "appended", "in_analysis"})


@router.get("/exames/{exam_id:uuid}")
async def open_exam(
    visit: Readers, exam_id: UUID, pessoa: UUID | None = None, via: Literal["emergencia"] | None = None
) -> Response:
    """`pessoa`: whose exam it is, when it is another person's who lets the visitor in; `via`: the emergency rule."""
    person = await person_of(visit, str(pessoa)) if pessoa else None
    how = {"person_id": str(pessoa)} if pessoa else {"way": "emergency"} if via else None
    exam = await visit.portal.exams.exam(visit.caller, str(exam_id), how)
    return await exam_page(visit, exam, person=person, emergency=via is not None)


async def exam_page(
    visit: Visit,
    exam: Json,
    problem: ApiProblem | None = None,
    typed: dict[str, str] | None = None,
    *,
    person: Json | None = None,
    emergency: bool = False,
) -> Response:
    """Show the exam; `problem` is why the last action did not happen, `typed` what was typed for it."""
    files = await files_of(visit, exam)
    is_patient = not visit.signed_in.account.is_staff
    return visit.page(
        "exam_patient.html" if is_patient else "exam_staff.html",
        status=problem.status if problem else 200,
        exam=exam,
        signed=signed_report(files),
        draft=draft_report(files, exam["version"]) if exam["state"] == "completed" else None,
        notices=await notices_of(visit, exam) if is_patient and person is None else None,
        person=person,
        emergency=emergency,
        problem=problem,
        errors=problem.by_field() if problem else {},
        typed=typed or {},
        may={action.name: may(exam, action) for action in Action},
    )


async def files_of(visit: Visit, exam: Json) -> list[Json]:
    """The exam's files as this caller may see them; a page without its files is better than no page."""
    if exam["state"] not in _WITH_FILES:
        return []
    try:
        return await visit.portal.files.of_exam(visit.caller, str(exam["id"]))
    except ApiProblem as problem:
        if problem.status == 401:
            raise
        return []


async def notices_of(visit: Visit, exam: Json) -> list[Json] | None:
    """What was sent about this exam; None where the caller may not read it or the log does not answer."""
    try:
        return await visit.portal.notifications.of_exam(visit.caller, str(exam["id"]))
    except ApiProblem as problem:
        if problem.status == 401:
            raise
        return None

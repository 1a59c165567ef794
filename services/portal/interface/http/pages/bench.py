"""The technician's steps: collection, analysis, and sending back or giving up an exam."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem, WrongField
from services.portal.interface.http.formats import from_local_input
from services.portal.interface.http.pages.exam import exam_page
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Technician = Annotated[Visit, visitors(Role.TECHNICIAN)]
Bench = Annotated[Visit, visitors(Role.TECHNICIAN, Role.RELEASER)]
Cancelling = Annotated[Visit, visitors(Role.DOCTOR, Role.RECEPTIONIST, Role.RELEASER)]
Typed = Annotated[Form, checked_form()]


@router.post("/exames/{exam_id:uuid}/coleta")
async def record_collection(visit: Technician, exam_id: UUID, form: Typed) -> Response:
    collected_at = from_local_input(form.get("collected_at"))
    collection = {
        "barcode": form.get("barcode"),
        "collected_at": collected_at,
        "patient_identified_by": form.all("patient_identified_by"),
    }
    try:
        if collected_at is None:
            wrong = WrongField("collected_at", "bad_moment", text(visit.locale, "form.bad_moment"))
            raise ApiProblem(422, "portal.bad_moment", text(visit.locale, "form.check_fields"), (wrong,))
        await visit.portal.exams.record_collection(visit.caller, str(exam_id), collection, form.key)
    except ApiProblem as problem:
        return await _again(visit, exam_id, problem, form)
    return visit.go(f"/exames/{exam_id}", notice="collected")


@router.post("/exames/{exam_id:uuid}/analise")
async def start_analysis(visit: Technician, exam_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.exams.start_analysis(visit.caller, str(exam_id), form.key)
    except ApiProblem as problem:
        return await _again(visit, exam_id, problem, form)
    return visit.go(f"/exames/{exam_id}/valores")


@router.post("/exames/{exam_id:uuid}/nova-coleta")
async def ask_new_collection(visit: Bench, exam_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.exams.ask_new_collection(visit.caller, str(exam_id), form.get("reason"), form.key)
    except ApiProblem as problem:
        return await _again(visit, exam_id, problem, form)
    return visit.go(f"/exames/{exam_id}", notice="recollection_asked")


@router.post("/exames/{exam_id:uuid}/cancelamento")
async def cancel(visit: Cancelling, exam_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.exams.cancel(visit.caller, str(exam_id), form.get("reason"), form.key)
    except ApiProblem as problem:
        return await _again(visit, exam_id, problem, form)
    return visit.go(f"/exames/{exam_id}", notice="cancelled")


async def _again(visit: Visit, exam_id: UUID, problem: ApiProblem, form: Form) -> Response:
    """Show the exam as it is now, what was typed, and why the step was not taken."""
    if not problem.concerns_input and problem.status != 403:
        raise problem
    exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
    typed = {name: form.get(name) for name in form.fields}
    typed["patient_identified_by"] = ",".join(form.all("patient_identified_by"))
    return await exam_page(visit, exam, problem, typed)

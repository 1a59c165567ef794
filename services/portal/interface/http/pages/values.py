"""Entering values in one table, and completing the exam once every value is there and criticals are repeated."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.actions import Action, may
from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.application.value_entry import errors_by_code, rows, values_to_send
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Technician = Annotated[Visit, visitors(Role.TECHNICIAN)]
Typed = Annotated[Form, checked_form()]


@router.get("/exames/{exam_id:uuid}/valores")
async def show_values(visit: Technician, exam_id: UUID) -> Response:
    exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
    if not may(exam, Action.ENTER_VALUES):
        return visit.go(f"/exames/{exam_id}")
    return await _table(visit, exam)


@router.post("/exames/{exam_id:uuid}/valores")
async def save_values(visit: Technician, exam_id: UUID, form: Typed) -> Response:
    typed = form.starting("value.")
    sent = values_to_send(typed, form.starting("unit."))
    try:
        saved = await visit.portal.exams.enter_values(visit.caller, str(exam_id), _version(form), sent)
    except ApiProblem as problem:
        return await _again(visit, exam_id, problem, typed, errors_by_code(problem, sent))
    return await _table(visit, saved, warnings=_warnings(saved), is_saved=True)


@router.post("/exames/{exam_id:uuid}/conclusao")
async def complete(visit: Technician, exam_id: UUID, form: Typed) -> Response:
    repeated = form.all("criticals_repeated")
    try:
        await visit.portal.exams.complete(visit.caller, str(exam_id), _version(form), repeated, form.key)
    except ApiProblem as problem:
        return await _again(visit, exam_id, problem, None, errors_by_code(problem, []))
    return visit.go(f"/exames/{exam_id}", notice="completed")


async def _again(
    visit: Visit,
    exam_id: UUID,
    problem: ApiProblem,
    typed: dict[str, str] | None,
    errors: dict[str, str],
) -> Response:
    if not problem.concerns_input and problem.status != 403:
        raise problem
    exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
    return await _table(visit, exam, typed=typed, errors=errors, problem=problem)


async def _table(
    visit: Visit,
    exam: Json,
    *,
    typed: dict[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    warnings: Mapping[str, tuple[str, ...]] | None = None,
    problem: ApiProblem | None = None,
    is_saved: bool = False,
) -> Response:
    catalogue = await visit.portal.exams.catalogue(visit.caller)
    definition = next((entry for entry in catalogue if entry["code"] == exam["code"]), None)
    table = rows(
        exam,
        definition,
        typed=typed,
        errors=errors or {},
        warnings=warnings or {},
        decimal_comma=visit.locale == "pt-BR",
    )
    return visit.page(
        "values.html",
        status=problem.status if problem else 200,
        exam=exam,
        rows=table,
        criticals=[row for row in table if row.is_critical],
        missing=[row for row in table if row.item.get("value") is None and not row.is_derived],
        is_saved=is_saved,
        problem=problem,
    )


def _warnings(saved: Json) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for warning in saved.get("warnings") or []:
        found[warning["code"]] = (*found.get(warning["code"], ()), warning["reason"])
    return found


def _version(form: Form) -> int:
    version = form.get("version")
    return int(version) if version.isdecimal() else 0

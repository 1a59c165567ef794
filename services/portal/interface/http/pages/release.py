"""Review and release: a second factor, then the steps until the patient is told; or back to analysis."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from services.portal.application.actions import Action, may
from services.portal.application.documents import draft_report
from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.application.progress import progress
from services.portal.interface.http.pages.exam import exam_page, files_of, notices_of
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
Releaser = Annotated[Visit, visitors(Role.RELEASER)]
Staff = Annotated[Visit, visitors(Role.RELEASER, Role.TECHNICIAN, Role.DOCTOR, Role.RECEPTIONIST)]
Typed = Annotated[Form, checked_form()]
_WATCH_AT_MOST = 90


@router.get("/exames/{exam_id:uuid}/liberacao")
async def show_release(visit: Releaser, exam_id: UUID, version: int | None = None) -> Response:
    """`version` is that of the exam on the page where its values were reviewed."""
    exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
    if not may(exam, Action.RELEASE):
        return visit.go(f"/exames/{exam_id}")
    return await _confirmation(visit, exam, version or exam["version"])


@router.post("/exames/{exam_id:uuid}/liberacao")
async def release(visit: Releaser, exam_id: UUID, form: Typed) -> Response:
    """Prove the second factor again (it holds five minutes), then release exactly the version that was reviewed."""
    token = visit.portal.sessions.stepped_up_token(visit.signed_in)
    code = "".join(form.get("code").split())
    version = int(form.get("version")) if form.get("version").isdecimal() else 0
    try:
        if token is None or code:
            stepped = await visit.portal.sessions.step_up(
                visit.signed_in, {"code": code or "000000"}, visit.caller
            )
            visit.go_on_as(stepped)
            token = stepped.stepped_up_token
        await visit.portal.exams.release(visit.caller_with(token), str(exam_id), version, form.key)
    except ApiProblem as problem:
        if problem.status in (404, 503) or _has_ended(problem):
            raise
        exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
        return await _confirmation(visit, exam, version, problem)
    return visit.go(f"/exames/{exam_id}/andamento")


@router.post("/exames/{exam_id:uuid}/devolucao")
async def send_back(visit: Releaser, exam_id: UUID, form: Typed) -> Response:
    try:
        await visit.portal.exams.send_back(visit.caller, str(exam_id), form.get("reason"), form.key)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
        return await exam_page(visit, exam, problem, {"reason": form.get("reason")})
    return visit.go("/exames", notice="sent_back")


@router.get("/exames/{exam_id:uuid}/andamento")
async def watch(visit: Staff, exam_id: UUID) -> Response:
    exam = await visit.portal.exams.exam(visit.caller, str(exam_id))
    if not exam.get("report"):
        return visit.go(f"/exames/{exam_id}")
    return await _steps(visit, "progress.html", exam, exam["report"]["version"], 0)


@router.get("/exames/{exam_id:uuid}/andamento/passos")
async def watch_steps(visit: Staff, exam_id: UUID, version: int, n: int = 0) -> Response:
    """The steps alone, asked for every other second; reads no clinical data, so that watching fills no audit."""
    return await _steps(visit, "progress_steps.html", {"id": str(exam_id), "state": "released"}, version, n)


@router.get("/exames/{exam_id:uuid}/rascunho")
async def watch_draft(visit: Staff, exam_id: UUID, version: int, n: int = 0) -> Response:
    files = await visit.portal.files.of_exam(visit.caller, str(exam_id))
    draft = draft_report(files, version)
    return visit.page("draft.html", exam_id=str(exam_id), version=version, draft=draft, n=_next(n))


async def _confirmation(
    visit: Visit, exam: Json, version: int, problem: ApiProblem | None = None
) -> Response:
    """Ask for the release of the `version` reviewed, also after a wrong code: what came later was not looked at."""
    needs_code = visit.portal.sessions.stepped_up_token(visit.signed_in) is None or (
        problem is not None and (problem.is_kind("step_up_required") or problem.status == 401)
    )
    status = (422 if problem.status == 401 else problem.status) if problem else 200
    return visit.page(
        "release.html", status=status, exam=exam, version=version, needs_code=needs_code, problem=problem
    )


async def _steps(visit: Visit, template: str, exam: Json, version: int, n: int) -> Response:
    files, notices = await files_of(visit, exam), await notices_of(visit, exam)
    return visit.page(
        template, exam=exam, version=version, progress=progress(files, notices, version), n=_next(n)
    )


def _has_ended(problem: ApiProblem) -> bool:
    """A wrong code is a 401 as well; only these mean that the session is over."""
    return problem.is_kind("session_ended") or problem.code.startswith("auth.")


def _next(n: int) -> int | None:
    """Count the looks; after three minutes the page says so and stops asking."""
    return n + 1 if 0 <= n < _WATCH_AT_MOST else None

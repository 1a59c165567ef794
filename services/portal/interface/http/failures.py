"""Every failure becomes a page that says what to do next, in the visitor's language."""

from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.come_back import page_of
from services.portal.interface.http.safe_redirect import safe_path
from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import FormRefused, SignInNeeded, stranger, visit_of
from services.shared.kernel.errors import LaudoError
from services.shared.platform.logs import get_logger
from services.shared.platform.tracing import current_trace_id

_PAGES = {403: "forbidden", 404: "not_found", 405: "not_found", 413: "too_large", 429: "too_many"}


def add_failure_pages(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(FormRefused, _form_refused)
    app.add_exception_handler(ApiProblem, _api_problem)
    app.add_exception_handler(LaudoError, _laudo_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _malformed)


class FailuresBecomePages:
    """A bug is logged and becomes a page too, inside the trace and under the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def remember_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, remember_start)
        except Exception as error:
            get_logger().error("request.failed", exc_info=error)
            if scope["type"] != "http" or started:
                raise
            page = failure_page(stranger(Request(scope)), 500, "failed")
            await page(scope, receive, send)


def failure_page(visit: Visit, status: int, kind: str, detail: str = "", code: str = "") -> Response:
    return visit.page(
        "failure.html", status=status, kind=kind, detail=detail, code=code, trace_id=current_trace_id()
    )


async def _visit(request: Request) -> Visit:
    """The visitor as known so far; a failure while recognising them must not fail the page about it."""
    try:
        return await visit_of(request)
    except ApiProblem:
        return stranger(request)


async def _sign_in(_: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    wanted = safe_path(error.come_back_to)
    return error.visit.go("/entrar" if wanted == "/" else f"/entrar?next={quote(wanted, safe='/')}")


async def _form_refused(request: Request, _: Exception) -> Response:
    return failure_page(await _visit(request), 403, "form_refused")


async def _api_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiProblem)
    visit = await _visit(request)
    if error.status == 401 and visit.session is not None:
        await visit.portal.sessions.drop(visit.session.id)
        visit.session = None
        return await _sign_in(request, SignInNeeded(visit, request.url.path))
    if error.is_kind("step_up_required") and visit.session is not None:
        return visit.go(f"/confirmar?next={quote(safe_path(page_of(request)), safe='/')}")
    if error.status >= 500:
        return failure_page(visit, 503, "unavailable")
    kind = _PAGES.get(error.status, "problem")
    return failure_page(visit, error.status, kind, error.detail, error.code)


async def _laudo_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LaudoError)
    visit = await _visit(request)
    status = error.kind.category.value
    return failure_page(visit, status, _PAGES.get(status, "problem"), error.sentence(visit.locale))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = 404 if error.status_code == 405 else error.status_code
    return failure_page(await _visit(request), status, _PAGES.get(status, "problem"))


async def _malformed(request: Request, _: Exception) -> Response:
    return failure_page(await _visit(request), 404, "not_found")

"""RFC 9457 problem+json: kernel errors, framework errors and bugs become one shape, in the caller's language."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.shared.kernel.errors import (
    INVALID,
    NOT_FOUND,
    UNAVAILABLE,
    Category,
    ErrorKind,
    LaudoError,
    render,
)
from services.shared.platform.logs import get_logger
from services.shared.platform.tracing import current_trace_id

INTERNAL = ErrorKind(
    "internal",
    Category.UNAVAILABLE,
    "Algo falhou do nosso lado. Nada foi perdido; tente de novo e, se persistir, informe o código deste erro.",
    "Something failed on our side. Nothing was lost; try again and, if it persists, tell us this error's code.",
)
MALFORMED_JSON = ErrorKind(
    "json_malformed",
    Category.MALFORMED,
    "O corpo do pedido não é um JSON válido. Corrija e envie de novo.",
    "The request's body is not valid JSON. Correct it and send again.",
)
METHOD = ErrorKind(
    "method_not_allowed",
    Category.MALFORMED,
    "Este endereço não aceita este método.",
    "This address does not accept this method.",
)
FIELD_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("Campo obrigatório.", "Required field."),
    "extra_forbidden": ("Campo desconhecido.", "Unknown field."),
    "uuid_parsing": ("Identificador inválido.", "Invalid identifier."),
    "date_from_datetime_parsing": (
        "Data inválida. Use o formato AAAA-MM-DD.",
        "Invalid date. Use the format YYYY-MM-DD.",
    ),
    "date_parsing": ("Data inválida. Use o formato AAAA-MM-DD.", "Invalid date. Use the format YYYY-MM-DD."),
    "datetime_from_date_parsing": ("Data e hora inválidas.", "Invalid date and time."),
    "datetime_parsing": ("Data e hora inválidas.", "Invalid date and time."),
    "timezone_aware": ("Informe a hora com fuso.", "State the time with its zone."),
    "string_too_short": ("Texto curto demais.", "Text too short."),
    "string_too_long": ("Texto longo demais.", "Text too long."),
    "literal_error": ("Valor fora da lista permitida.", "Value not in the allowed list."),
    "enum": ("Valor fora da lista permitida.", "Value not in the allowed list."),
}
for _bound in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
    FIELD_SENTENCES[_bound] = ("Valor fora do intervalo permitido.", "Value outside the allowed range.")
_ANY_FIELD = ("Valor inválido.", "Invalid value.")


def locale_of(request: Request) -> str:
    """Return `en` when the caller asks for English first, else `pt-BR`."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "pt-BR"


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[dict[str, str]] = (),
    extra: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:laudo:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **(extra or {}),
    }
    if errors:
        body["errors"] = list(errors)
    if trace_id := current_trace_id():
        body["trace_id"] = trace_id
    return Response(
        orjson.dumps(body, default=str),
        status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def of_kind(kind: ErrorKind, request: Request, status: int | None = None) -> Response:
    return problem(status or kind.category.value, kind.code, render(kind, {}, locale_of(request)))


def add_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(LaudoError, laudo_error)
    app.add_exception_handler(RequestValidationError, validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def laudo_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LaudoError)
    locale = locale_of(request)
    detail = error.sentence(locale)
    errors = [
        {"field": item.field, "code": item.kind.code, "detail": render(item.kind, item.params, locale)}
        for item in error.errors
    ]
    if error.field and not errors:
        errors = [{"field": error.field, "code": error.kind.code, "detail": detail}]
    headers = {"WWW-Authenticate": "Bearer"} if error.kind.category is Category.UNAUTHENTICATED else None
    if error.kind.category is Category.RATE_LIMITED and "wait_seconds" in error.params:
        headers = {"Retry-After": str(error.params["wait_seconds"])}
    if error.kind.category is Category.UNAVAILABLE:
        headers = {"Retry-After": "2"}
        get_logger().warning(
            "request.unavailable",
            code=error.kind.code,
            reason=_code_of(error.__cause__),
            exc_info=error.__cause__,
        )
    extra = {name: value for name, value in error.params.items() if name.endswith("_id")}
    return problem(
        error.kind.category.value, error.kind.code, detail, errors=errors, extra=extra, headers=headers
    )


def _code_of(cause: BaseException | None) -> str | None:
    """The short code that AWS gave for a refused call (`AccessDenied`); its sentence may quote the request."""
    answer = getattr(cause, "response", None)
    return str(answer["Error"].get("Code")) if isinstance(answer, dict) and "Error" in answer else None


async def validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return of_kind(MALFORMED_JSON, request)
    english = locale_of(request) == "en"
    errors = [
        {
            "field": ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]),
            "code": str(item["type"]),
            "detail": FIELD_SENTENCES.get(item["type"], _ANY_FIELD)[1 if english else 0],
        }
        for item in error.errors()
    ]
    if any(item["loc"][0] == "path" for item in error.errors()):
        return of_kind(NOT_FOUND, request)  # an id that is no id names nothing
    return problem(
        INVALID.category.value, INVALID.code, render(INVALID, {}, locale_of(request)), errors=errors
    )


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return of_kind(NOT_FOUND, request)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return of_kind(METHOD, request, status=405)
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return of_kind(MALFORMED_JSON, request)
    return of_kind(UNAVAILABLE, request, status=error.status_code)

"""Anybody who holds a printed report checks its code, typed or read from the QR."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Visit
from services.portal.interface.http.visitors import anyone

router = APIRouter()
Holder = Annotated[Visit, anyone("whoever holds a printed report may check it")]
_LONGEST = 32  # twice a code: enough to say that what was typed is none


@router.get("/verificar")
async def show_form(visit: Holder, code: str | None = None) -> Response:
    """The form sends the code here; its answer has the address that is printed on the report."""
    letters = _letters(code or "")
    if letters:
        return visit.go(f"/verificar/{_grouped(letters)}")
    error = text(visit.locale, "verify.code_missing") if code is not None else None
    return visit.page("verify.html", status=422 if error else 200, code="", error=error, report=None)


@router.get("/verificar/{code}")
async def check(visit: Holder, code: str) -> Response:
    """Asked without the visitor's token: the answer is the same for everybody."""
    letters = _letters(code)
    if not letters:
        return visit.go("/verificar")
    report = await visit.portal.files.check_code(visit.caller_with(None), letters)
    sha256 = report["sha256"] or ""
    return visit.page(
        "verify.html",
        code=_grouped(letters),
        error=None,
        report=report,
        fingerprint=[sha256[start : start + 8] for start in range(0, len(sha256), 8)],
    )


def _letters(typed: str) -> str:
    """Letters and digits alone: blanks, hyphens and case are forgiven."""
    kept = "".join(letter for letter in typed if letter.isascii() and letter.isalnum())
    return kept[:_LONGEST].upper()


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))

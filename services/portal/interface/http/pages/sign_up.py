"""A person makes an account with a confirmed e-mail, then finds the records that clinics have."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.portal.application.problems import ApiProblem
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit
from services.portal.interface.http.visitors import anyone, checked_form, visitors
from services.shared.kernel.principal import Role

router = APIRouter()
_WHY = "somebody without an account yet"
_SLOT = "sign-up"
_KEPT_S = 1800
_FIELDS = ("name", "birth_date", "email", "clinic_id")
Anybody = Annotated[Visit, anyone(_WHY)]
Patient = Annotated[Visit, visitors(Role.PATIENT)]
Typed = Annotated[Form, checked_form()]


@router.get("/criar-conta")
async def show_sign_up(visit: Anybody) -> Response:
    return await _form(visit, {})


@router.post("/criar-conta")
async def sign_up(visit: Anybody, form: Typed) -> Response:
    """Says the same whether or not the address has an account, so that a stranger learns nothing."""
    typed = {name: form.get(name) for name in _FIELDS}
    try:
        sign_up_id = await visit.portal.identity.sign_up(visit.caller, typed | {"locale": visit.locale})
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return await _form(visit, typed, problem)
    shown = await _shown(visit)
    await visit.portal.store.put(visit.visitor_id, _SLOT, {"id": sign_up_id, "shown": shown}, _KEPT_S)
    return visit.go("/criar-conta/senha")


@router.get("/criar-conta/senha")
async def show_password(visit: Anybody) -> Response:
    if await visit.portal.store.get(visit.visitor_id, _SLOT) is None:
        return visit.go("/criar-conta")
    return visit.page("sign_up_password.html", problem=None, errors={})


@router.post("/criar-conta/senha")
async def choose_password(visit: Anybody, form: Typed) -> Response:
    asked = await visit.portal.store.get(visit.visitor_id, _SLOT)
    if asked is None:
        return visit.go("/criar-conta")
    password = form.raw("password")
    if password != form.raw("repeated"):
        errors = {"repeated": text(visit.locale, "first_access.passwords_differ")}
        return visit.page("sign_up_password.html", status=422, problem=None, errors=errors)
    completion = {
        "sign_up_id": asked["id"],
        "code": _code(form, "code"),
        "password": password,
        "shown": asked["shown"],
    }
    try:
        await visit.portal.identity.complete_sign_up(visit.caller, completion)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page(
            "sign_up_password.html", status=problem.status, problem=problem, errors=problem.by_field()
        )
    await visit.portal.store.delete(visit.visitor_id, _SLOT)
    return visit.go("/entrar?next=/meus-cadastros", notice="signed_up")


@router.get("/meus-cadastros")
async def show_records(visit: Patient) -> Response:
    me = await visit.portal.accounts.me(visit.caller)
    return visit.page("records.html", records=me["patient_records"], cpf="", problem=None, errors={})


@router.post("/meus-cadastros")
async def ask_for_records(visit: Patient, form: Typed) -> Response:
    """The page says the same whether or not a record was found."""
    cpf = "".join(letter for letter in form.get("cpf") if letter not in " .-/")
    try:
        await visit.portal.identity.ask_for_records(visit.caller, cpf)
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page(
            "records.html",
            status=problem.status,
            records=[],
            cpf=form.get("cpf"),
            problem=problem,
            errors=problem.by_field(),
        )
    return visit.go("/meus-cadastros/codigo")


@router.get("/meus-cadastros/codigo")
async def show_code(visit: Patient) -> Response:
    return visit.page("records_code.html", problem=None, errors={})


@router.post("/meus-cadastros/codigo")
async def link_records(visit: Patient, form: Typed) -> Response:
    """Afterwards the person signs in again: as who the clinic knows."""
    try:
        await visit.portal.identity.link_records(visit.caller, _code(form, "code"))
    except ApiProblem as problem:
        if not problem.concerns_input:
            raise
        return visit.page(
            "records_code.html", status=problem.status, problem=problem, errors=problem.by_field()
        )
    await visit.portal.sessions.drop(visit.signed_in.id)
    visit.session = None
    return visit.go("/entrar", notice="records_linked")


async def _shown(visit: Visit) -> dict[str, int]:
    """The versions of the notices that the next page links to; without them the account is made all the same."""
    try:
        texts = [
            await visit.portal.consents.text(visit.caller_with(None), kind) for kind in ("terms", "privacy")
        ]
    except ApiProblem:
        return {}
    return {text["kind"]: text["version"] for text in texts}


def _code(form: Form, name: str) -> str:
    return "".join(form.get(name).split()) or "-"


async def _form(visit: Visit, typed: dict[str, str], problem: ApiProblem | None = None) -> Response:
    return visit.page(
        "sign_up.html",
        status=problem.status if problem else 200,
        clinics=await visit.portal.identity.clinics(visit.caller),
        typed=typed,
        errors=problem.by_field() if problem else {},
        problem=problem,
    )

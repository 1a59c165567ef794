"""Routes about who may see whose exams."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from services.accounts.application.commands.end_proxy import EndProxy
from services.accounts.application.commands.grant_proxy import GrantProxy, TypedProxy
from services.accounts.application.commands.record_guardian import RecordGuardian
from services.accounts.application.ports import RepeatKey
from services.accounts.application.queries.list_proxies import ListProxies
from services.accounts.application.queries.look_up_patient import LookUpPatient, TypedLookUp
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.proxy_schemas import (
    GivenView,
    GrantBody,
    GuardianBody,
    HeldView,
    LookUpBody,
    ProxiesView,
    ProxyMade,
)
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["proxies"])
Patient = Annotated[Principal, callers(Role.PATIENT)]
Desk = Annotated[Principal, callers(Role.RECEPTIONIST)]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=200)]


@router.get("/me/proxies", description=ListProxies.__doc__)
async def list_proxies(request: Request, response: Response, caller: Patient) -> ProxiesView:
    found = await desk_of(request).list_proxies(caller)
    never_stored(response)
    return ProxiesView(
        given=[GivenView.of(proxy) for proxy in found.given],
        held=[HeldView.of(proxy) for proxy in found.held],
    )


@router.post("/me/proxies", status_code=201, description=GrantProxy.__doc__)
async def grant_proxy(
    request: Request, response: Response, body: GrantBody, caller: Patient, idempotency_key: Key
) -> ProxyMade:
    repeat = RepeatKey(idempotency_key, "POST /api/v1/accounts/me/proxies", await request.body())
    typed = TypedProxy(
        label=body.label,
        cpf=body.cpf.get_secret_value(),
        birth_date=body.birth_date,
        scope=body.scope,
        until=body.until,
    )
    made = await desk_of(request).grant_proxy(typed, caller, repeat, address=address_of(request))
    never_stored(response)
    return _made(made)


@router.delete("/me/proxies/{proxy_id}", status_code=204, description=EndProxy.__doc__)
async def end_proxy(request: Request, proxy_id: UUID, caller: Patient) -> None:
    await desk_of(request).end_proxy(proxy_id, caller, address=address_of(request))


@router.post("/patients/{patient_id}/guardians", status_code=201, description=RecordGuardian.__doc__)
async def record_guardian(
    request: Request, patient_id: UUID, body: GuardianBody, caller: Desk, idempotency_key: Key
) -> ProxyMade:
    route = f"POST /api/v1/accounts/patients/{patient_id}/guardians"
    repeat = RepeatKey(idempotency_key, route, await request.body())
    made = await desk_of(request).record_guardian(
        patient_id, body.guardian_patient_id, body.proof, caller, repeat, address=address_of(request)
    )
    return _made(made)


@router.delete(
    "/patients/{patient_id}/guardians/{proxy_id}", status_code=204, description=EndProxy.by_desk.__doc__
)
async def end_guardian(request: Request, patient_id: UUID, proxy_id: UUID, caller: Desk) -> None:
    """End a guardian's access at the desk, for instance by a court's order."""
    await desk_of(request).end_proxy.by_desk(patient_id, proxy_id, caller, address=address_of(request))


@router.post("/patients/lookup", description=LookUpPatient.__doc__)
async def look_up_patient(
    request: Request,
    response: Response,
    body: LookUpBody,
    caller: Annotated[Principal, callers(Role.DOCTOR)],
) -> dict[str, str]:
    typed = TypedLookUp(
        record_number=body.record_number,
        cpf=body.cpf.get_secret_value() if body.cpf else None,
        birth_date=body.birth_date,
    )
    record = await desk_of(request).look_up_patient(typed, caller, address=address_of(request))
    never_stored(response)
    return {
        "id": str(record.id),
        "name": record.social_name or record.name,
        "birth_date": record.birth_date.isoformat(),
        "record_number": record.record_number,
    }


def _made(made: Any) -> ProxyMade:
    return ProxyMade(id=made["id"], until=made["until"])

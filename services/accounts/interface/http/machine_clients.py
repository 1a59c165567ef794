"""Routes of the clinic's administrator about the programs that may act in it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from services.accounts.application.commands.register_machine_client import RegisterMachineClient
from services.accounts.application.commands.rotate_client_secret import RotateClientSecret
from services.accounts.application.commands.stop_machine_client import StopMachineClient
from services.accounts.application.machine_desk import MachineDesk
from services.accounts.application.ports import RepeatKey
from services.accounts.application.queries.list_machine_clients import ListMachineClients
from services.accounts.interface.http.cursors import Cursor, Limit, cursor_after, cursor_of
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.machine_schemas import (
    ClientBody,
    MachineClientPageView,
    MachineClientView,
    RotationBody,
    ShownOnceView,
)
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["machine clients"])
Administrator = Annotated[Principal, callers(Role.ADMINISTRATOR)]
Watcher = Annotated[Principal, callers(Role.ADMINISTRATOR, Role.AUDITOR)]
_ROUTE = "POST /api/v1/accounts/machine-clients"


def _machines(request: Request) -> MachineDesk:
    return desk_of(request).machines


@router.get("/machine-clients", description=ListMachineClients.__doc__)
async def list_clients(
    request: Request, response: Response, caller: Watcher, cursor: Cursor = None, limit: Limit = 20
) -> MachineClientPageView:
    page = await _machines(request).clients(caller, after=cursor_after(cursor), limit=limit)
    never_stored(response)
    now = desk_of(request).clock.now()
    return MachineClientPageView(
        items=[MachineClientView.of(client, now) for client in page.clients],
        next_cursor=cursor_of(page.next_after),
    )


@router.get("/machine-clients/{client_id}")
async def get_client(
    request: Request, response: Response, client_id: UUID, caller: Watcher
) -> MachineClientView:
    """One machine client of the clinic; never its secret."""
    client = await _machines(request).clients.one(client_id, caller)
    never_stored(response)
    return MachineClientView.of(client, desk_of(request).clock.now())


@router.post("/machine-clients", status_code=201, description=RegisterMachineClient.__doc__)
async def register(
    request: Request,
    response: Response,
    body: ClientBody,
    caller: Administrator,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=200)],
) -> ShownOnceView:
    repeat = RepeatKey(idempotency_key, _ROUTE, await request.body())
    shown = await _machines(request).register(
        body.name, body.scopes, body.valid_for, caller, repeat, address=address_of(request)
    )
    never_stored(response)
    response.headers["Location"] = f"/api/v1/accounts/machine-clients/{shown.client.id}"
    return ShownOnceView.once(shown, desk_of(request).clock.now())


@router.post("/machine-clients/{client_id}/secrets", status_code=201, description=RotateClientSecret.__doc__)
async def rotate(
    request: Request, response: Response, client_id: UUID, body: RotationBody, caller: Administrator
) -> ShownOnceView:
    shown = await _machines(request).rotate(
        client_id, caller, valid_for=body.valid_for, overlap=body.overlap, address=address_of(request)
    )
    never_stored(response)
    return ShownOnceView.once(shown, desk_of(request).clock.now())


@router.delete("/machine-clients/{client_id}/secrets/previous", status_code=204)
async def end_previous(request: Request, client_id: UUID, caller: Administrator) -> None:
    """End the previous secret before its time, and the tokens got with it."""
    await _machines(request).rotate.end_previous(client_id, caller, address=address_of(request))


@router.put("/machine-clients/{client_id}/suspension", status_code=204, description=StopMachineClient.__doc__)
async def suspend(request: Request, client_id: UUID, caller: Administrator) -> None:
    await _machines(request).stop.suspend(client_id, caller, address=address_of(request))


@router.delete("/machine-clients/{client_id}/suspension", status_code=204)
async def resume(request: Request, client_id: UUID, caller: Administrator) -> None:
    """Let a suspended client go on: its secrets work again, its tokens of before do not."""
    await _machines(request).stop.resume(client_id, caller, address=address_of(request))


@router.delete("/machine-clients/{client_id}", status_code=204)
async def end(request: Request, client_id: UUID, caller: Administrator) -> None:
    """End a client for good; it stays on the list."""
    await _machines(request).stop.end(client_id, caller, address=address_of(request))

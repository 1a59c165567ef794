"""The HTTP routes of notification."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi import Request as HttpRequest

from services.notification.application.reading import Request
from services.notification.application.service import Readers
from services.notification.domain.preferences import Preferences
from services.notification.interface.http.schemas import (
    DeliveryItem,
    DeliveryPage,
    PreferencesBody,
    item,
)
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.api import json_response
from services.shared.platform.http.callers import address_of, callers
from services.shared.platform.http.pages import (
    CURSOR_INVALID,
    cursor_moment,
    decode_cursor,
    encode_cursor,
    page,
)
from services.shared.platform.tracing import current_trace_id

LogReader = Annotated[
    Principal,
    callers(Role.PATIENT, Role.ADMINISTRATOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER),
]
DeliveryReader = Annotated[Principal, callers(Role.PATIENT, Role.ADMINISTRATOR, Role.RECEPTIONIST)]
Patient = Annotated[Principal, callers(Role.PATIENT)]

router = APIRouter(tags=["notifications"])


@router.get("", responses={200: {"model": DeliveryPage}})
async def list_deliveries(
    request: HttpRequest,
    caller: LogReader,
    exam_id: UUID | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """The caller's own messages (patient) or the clinic's log (administrator, receptionist), newest first.

    A technician or releaser names an exam of the clinic and sees whether its patient was told.
    """
    found = await _readers(request).list_deliveries(
        _asked(request, caller), exam_id=exam_id, after=_after(cursor), limit=limit + 1
    )
    shown, last = found[:limit], found[limit - 1] if len(found) > limit else None
    more = encode_cursor([last.created_at.isoformat(), str(last.id)]) if last else None
    return json_response(page([item(delivery) for delivery in shown], more))


@router.get("/preferences", responses={200: {"model": PreferencesBody}})
async def read_preferences(request: HttpRequest, caller: Patient) -> Response:
    """By which channels the caller wants to be told; everything is on at first."""
    chosen = await _readers(request).read_preferences(caller)
    return json_response({"email": chosen.email, "sms": chosen.sms})


@router.put("/preferences", responses={200: {"model": PreferencesBody}})
async def choose_preferences(request: HttpRequest, caller: Patient, body: PreferencesBody) -> Response:
    """Choose for oneself, per channel. Security messages are sent whatever is chosen."""
    chosen = await _readers(request).choose_preferences(
        _asked(request, caller), Preferences(email=body.email, sms=body.sms)
    )
    return json_response({"email": chosen.email, "sms": chosen.sms})


@router.get("/{delivery_id}", responses={200: {"model": DeliveryItem}})
async def read_delivery(request: HttpRequest, caller: DeliveryReader, delivery_id: UUID) -> Response:
    """One message's state. Another person's, or another clinic's, is not found."""
    found = await _readers(request).read_delivery(_asked(request, caller), delivery_id)
    return json_response(item(found))


def _readers(request: HttpRequest) -> Readers:
    readers: Readers = request.app.state.readers
    return readers


def _asked(request: HttpRequest, caller: Principal) -> Request:
    return Request(caller=caller, address=address_of(request), trace_id=current_trace_id())


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    moment, delivery_id = decode_cursor(cursor, 2)
    try:
        return cursor_moment(moment), UUID(delivery_id)
    except ValueError:
        raise CURSOR_INVALID.error(field="cursor") from None

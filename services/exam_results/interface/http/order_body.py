"""What is posted to register an exam: read and validated in one step.

The models document the body and the header as the framework would have done.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, TypeAdapter, ValidationError

from services.exam_results.application.commands.register_exam import ExamOrder
from services.exam_results.domain.exam_events import Priority
from services.exam_results.interface.http.schemas import OrderBody
from services.shared.platform.http.json_bodies import body_documentation, json_body, located

_HEADER = "idempotency-key"
_KEY: TypeAdapter[str] = TypeAdapter(Annotated[str, Field(min_length=8, max_length=200)])


@dataclass(frozen=True, slots=True)
class PostedOrder:
    order: ExamOrder
    idempotency_key: str
    body: bytes  # as it came


async def read_order(request: Request) -> PostedOrder:
    """Raise the framework's own validation error, for one shape of problems."""
    key, wrong = request.headers.get(_HEADER), []
    if key is None:
        wrong.append({"type": "missing", "loc": ("header", _HEADER), "msg": "Field required", "input": None})
    else:
        try:
            _KEY.validate_python(key)
        except ValidationError as error:
            wrong += located(error, "header", _HEADER)
    try:
        body = await json_body(request, OrderBody)
    except RequestValidationError as error:
        wrong += error.errors()
    if wrong or key is None:
        raise RequestValidationError(wrong)
    order = ExamOrder(
        patient_id=body.patient_id,
        code=body.code,
        requester_id=body.requester_id,
        priority=Priority(body.priority),
        scheduled_at=body.scheduled_at,
        clinical_note=body.clinical_note,
    )
    return PostedOrder(order, key, await request.body())


def order_documentation() -> dict[str, Any]:
    """Return the OpenAPI parts that the framework cannot read off the signature."""
    return {
        "parameters": [
            {"name": _HEADER, "in": "header", "required": True, "schema": _KEY.json_schema()},
        ],
        **body_documentation(OrderBody),
    }

"""A hot route's body: read and validated in one step, with the framework's own error, for one shape of problems."""

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

Body = TypeVar("Body", bound=BaseModel)


async def json_body(request: Request, model: type[Body]) -> Body:
    """Raise RequestValidationError."""
    raw = await request.body()
    if not raw:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise RequestValidationError(located(error, "body")) from None


def located(error: ValidationError, *place: str) -> list[Any]:
    """Return what is wrong, with the place where it stands in the request; without what was typed."""
    return [
        {**item, "loc": (*place, *item["loc"])}
        for item in error.errors(include_url=False, include_input=False)
    ]


def body_documentation(model: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI part that the framework cannot read off the signature."""
    schema = model.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}

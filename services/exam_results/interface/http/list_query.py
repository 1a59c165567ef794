"""The list's query string: one model, validated in one step.

Declared as single parameters, FastAPI takes longer over these nine than PostgreSQL over the page; so the route reads
the query string itself, and the model documents the parameters.
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.exam_results.application.queries.list_exams import ListQuestion
from services.exam_results.domain.lifecycle import State
from services.exam_results.interface.http.bounds import EARLIEST, LATEST, Moment

_DAY_ZONE = ZoneInfo("America/Sao_Paulo")  # a bare date in a filter means the Brazilian day
_Day = Annotated[date, Field(ge=EARLIEST.date(), lt=LATEST.date())]
_Moment = Moment | _Day
_REPEATABLE = "state"
_Query = TypeVar("_Query", bound=BaseModel)


class ListQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Annotated[str, Field(max_length=100)] | None = None
    state: Annotated[tuple[State, ...], Field(max_length=12)] = ()
    patient_id: UUID | None = None
    person_id: UUID | None = None
    way: Literal["emergency"] | None = None
    since: Annotated[_Moment | None, Field(alias="from")] = None
    until: Annotated[_Moment | None, Field(alias="to")] = None
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    def question(self) -> ListQuestion:
        return ListQuestion(
            limit=self.limit,
            text=self.q,
            states=self.state,
            patient_id=self.patient_id,
            person_id=self.person_id,
            emergency=self.way is not None,
            since=_start(self.since),
            until=_end(self.until),
        )


class WayQuery(BaseModel):
    """How one exam is asked for, where it is not by the caller's first way."""

    model_config = ConfigDict(frozen=True)

    person_id: UUID | None = None
    way: Literal["emergency"] | None = None


_DEFAULT = ListQuery()
_FIRST_WAY = WayQuery()


def read_query(request: Request) -> ListQuery:
    """Return the validated query; raise the framework's own validation error, for one shape of problems."""
    if not request.query_params:
        return _DEFAULT
    given: dict[str, Any] = dict(request.query_params)
    if _REPEATABLE in given:
        given[_REPEATABLE] = request.query_params.getlist(_REPEATABLE)
    return _validated(ListQuery, given)


def read_way(request: Request) -> WayQuery:
    return _validated(WayQuery, dict(request.query_params)) if request.query_params else _FIRST_WAY


def _validated(model: type[_Query], given: dict[str, Any]) -> _Query:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(
            [{**item, "loc": ("query", *item["loc"])} for item in error.errors(include_url=False)]
        ) from None


def query_documentation(model: type[BaseModel] = ListQuery) -> dict[str, Any]:
    """Return the OpenAPI parameters of the list, or of another query."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    states = {"type": "array", "items": {"type": "string", "enum": [state.value for state in State]}}
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "schema": states if name == _REPEATABLE else _plain(field),
            }
            for name, field in schema["properties"].items()
        ]
    }


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key not in {"title", "default"}}


def _start(moment: _Moment | None) -> datetime | None:
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(), _DAY_ZONE)


def _end(moment: _Moment | None) -> datetime | None:
    """A bare date counts as a whole."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment + timedelta(days=1), time(), _DAY_ZONE)

"""Request bodies. Unknown fields are refused; the rules themselves are the domain's."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.exam_results.interface.http.bounds import Moment, Version

_Code = Annotated[str, Field(max_length=20)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OrderBody(_Body):
    patient_id: UUID
    code: _Code
    requester_id: UUID | None = None
    priority: Literal["routine", "urgent"] = "routine"
    scheduled_at: Moment | None = None
    clinical_note: Annotated[str, Field(max_length=2000)] | None = None


class ScheduleBody(_Body):
    scheduled_at: Moment


class CollectionBody(_Body):
    barcode: Annotated[str, Field(max_length=60)]
    collected_at: Moment
    patient_identified_by: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=10)
    ]


class ValueBody(_Body):
    code: _Code
    value: Annotated[str, Field(max_length=5000)]
    unit: Annotated[str, Field(max_length=40)] | None = None


class ResultsBody(_Body):
    version: Version
    values: Annotated[list[ValueBody], Field(min_length=1, max_length=200)]


class CompletionBody(_Body):
    """`criticals_repeated`: the codes measured again, or true for all that are critical."""

    version: Version
    criticals_repeated: bool | Annotated[list[_Code], Field(max_length=200)] = False


class ReleaseBody(_Body):
    version: Version


class ReasonBody(_Body):
    reason: Annotated[str, Field(max_length=500)]


class NothingBody(_Body):
    """An empty object."""


class Registered(BaseModel):
    id: UUID
    protocol: str
    state: str
    version: int


class EmergencyBody(_Body):
    patient_id: UUID
    reason: Annotated[str, Field(max_length=2000)]


class ShareBody(_Body):
    council: Annotated[str, Field(max_length=10)]
    number: Annotated[str, Field(max_length=20)]
    uf: Annotated[str, Field(max_length=2)]
    until: Moment
    exam_id: UUID | None = None
    clinic_id: UUID | None = None


class RelationMade(BaseModel):
    id: UUID
    patient_id: UUID
    person_id: UUID
    until: Moment

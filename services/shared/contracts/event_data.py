"""What every published event's `data` has in common."""

from pydantic import BaseModel, ConfigDict


class EventData(BaseModel):
    """Thin by rule: ids, versions, states and times. Unknown fields are refused on both sides.

    `version` is the version of the producing aggregate: a consumer ignores what is older than it has seen.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int

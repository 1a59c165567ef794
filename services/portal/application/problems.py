"""What a service answered instead of what was asked, as far as a person needs to know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNREACHABLE = 503


@dataclass(frozen=True, slots=True)
class WrongField:
    field: str
    code: str
    detail: str


@dataclass
class ApiProblem(Exception):
    """A problem+json answer (RFC 9457). `detail` is already in the person's language; the text is the code alone."""

    status: int
    code: str
    detail: str = ""
    errors: tuple[WrongField, ...] = ()
    trace_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code

    def is_kind(self, name: str) -> bool:
        """True when the code is `name`, whichever service says it (`exam_results.wrong_state` is `wrong_state`)."""
        return self.code.rsplit(".", 1)[-1] == name

    @property
    def concerns_input(self) -> bool:
        """True when the person can correct something on the form and send it again."""
        return self.status in (400, 409, 422, 429)

    def by_field(self) -> dict[str, str]:
        return {error.field: error.detail for error in self.errors}


def unreachable() -> ApiProblem:
    return ApiProblem(UNREACHABLE, "portal.unreachable")

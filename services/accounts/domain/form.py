"""Collects every field's fault, so that a person corrects them in one go."""

from collections.abc import Callable
from typing import TypeVar

from services.shared.kernel.errors import INVALID, FieldError, LaudoError

Parsed = TypeVar("Parsed")


class Form:
    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def read(self, field: str, text: str | None, parse: Callable[[str], Parsed]) -> Parsed | None:
        """Return what `parse` makes of the text; None for nothing typed, or for what is wrong, which is noted."""
        if text is None or not text.strip():
            return None
        return self.run(field, lambda: parse(text))

    def run(self, field: str | None, check: Callable[[], Parsed]) -> Parsed | None:
        """As `read`, for a check of several fields; without `field` the error names its own."""
        try:
            return check()
        except LaudoError as error:
            self.errors.append(FieldError(field or error.field or "", error.kind))
            return None

    def finish(self) -> None:
        """Raise `invalid` with one entry per wrong field, when there is any."""
        if self.errors:
            raise LaudoError(INVALID, errors=tuple(self.errors))

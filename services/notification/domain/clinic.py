"""The clinic as messages name it."""

from dataclasses import dataclass
from uuid import UUID

from services.notification.domain.gsm7 import fold

SHORT_NAME_BUDGET = 20
CONTACT_BUDGET = 16


def plain_short_name(name: str) -> str:
    """Return a name that fits an SMS: without accents, cut to the budget."""
    return fold(name)[:SHORT_NAME_BUDGET].strip()


def readable_phone(e164: str) -> str:
    """Return a Brazilian number as people dial it, e.g. `(11) 3000-0100`; others stay as they are."""
    if not e164.startswith("+55") or len(e164) not in (13, 14):
        return e164
    area, number = e164[3:5], e164[5:]
    return f"({area}) {number[:-4]}-{number[-4:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """`short_name` and `contact` stand in SMS, so they are plain and short; `name` stands in e-mail."""

    id: UUID
    name: str
    short_name: str
    contact: str

    def __post_init__(self) -> None:
        for field, text, budget in (
            ("short_name", self.short_name, SHORT_NAME_BUDGET),
            ("contact", self.contact, CONTACT_BUDGET),
        ):
            if not text or len(text) > budget or fold(text) != text:
                raise ValueError(f"{field} must have 1 to {budget} characters without accents")

"""How many requests are let in, counted for whom; and the port of those who count."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class By(Enum):
    """Whose requests are counted together."""

    PERSON = "person"  # the account in the token
    ADDRESS = "address"  # the caller's network address, as the gateway states it
    LOGIN = (
        "login"  # the login in the body and the address together: nobody fills up another's from elsewhere
    )


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` requests in any `seconds`. `shared` ones are counted over all processes, the others in each."""

    name: str  # stands in the header fields
    amount: int
    seconds: int
    by: By
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What one more request found: let in or not, how many may come now at most, after how many seconds the next."""

    is_allowed: bool
    remaining: int
    next_in_s: float


class Counter(Protocol):
    async def take(self, limit: Limit, subject: Hashable) -> Taken:
        """Count one request of `subject` against `limit`, unless that is used up. Never raises."""
        ...

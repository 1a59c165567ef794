"""What the fake services know, and how they refuse."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from services.shared.kernel.ids import new_id
from tests.unit.portal.fake.people import Person, people, records, staff

Json = dict[str, Any]
STATES = {
    "registered": ("Registrado", "Registered"),
    "collected": ("Coletado", "Collected"),
    "in_analysis": ("Em análise", "In analysis"),
    "completed": ("Em conferência", "Under review"),
    "released": ("Resultado pronto", "Result ready"),
    "cancelled": ("Cancelado", "Cancelled"),
}


class Refused(Exception):
    def __init__(
        self, status: int, code: str, detail: str, *, errors: list[Json] | None = None, **extra: Any
    ):
        super().__init__(code)
        self.status = status
        self.body = {"status": status, "code": code, "detail": detail, "errors": errors or [], **extra}


@dataclass(frozen=True)
class Call:
    method: str
    url: str
    headers: dict[str, str]


@dataclass
class World:
    people: dict[str, Person] = field(default_factory=people)
    records: dict[str, Json] = field(default_factory=records)
    exams: dict[str, Json] = field(default_factory=dict)
    files: dict[str, Json] = field(default_factory=dict)
    printed: dict[str, Json] = field(default_factory=dict)  # code without hyphens -> what it proves
    accesses: dict[str, list[Json]] = field(default_factory=dict)  # service -> its log, in any order
    audit: dict[str, list[Json]] = field(default_factory=dict)  # service -> its clinic's log, in any order
    audit_asked: list[Json] = field(default_factory=list)
    machines: dict[str, Json] = field(default_factory=dict)
    machines_asked: list[Json] = field(default_factory=list)
    notices: list[Json] = field(default_factory=list)
    relations: list[Json] = field(default_factory=list)
    proxies: list[Json] = field(default_factory=list)
    letters: dict[str, list[Json]] = field(
        default_factory=lambda: {"exams": [], "files": [], "notifications": []}
    )
    letters_in_use: bool = False  # somebody else has some in hand
    tokens: dict[str, tuple[str, bool]] = field(default_factory=dict)  # token -> login, stepped up
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    keys: dict[str, Json] = field(default_factory=dict)  # idempotency key -> answer
    first_codes: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)  # ticket -> login
    needs_step_up: set[str] = field(default_factory=set)  # paths of any service
    codes_sent: list[str] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    staff: dict[str, Json] = field(default_factory=staff)
    invitations: dict[str, Json] = field(default_factory=dict)
    merges: dict[str, Json] = field(default_factory=dict)
    signed_out: list[str] = field(default_factory=list)
    vouched: list[tuple[str, str]] = field(default_factory=list)  # whose second step was removed, and how
    erasures: dict[str, Json] = field(default_factory=dict)  # by person
    corrections: dict[str, Json] = field(default_factory=dict)
    answers: list[Json] = field(default_factory=list)  # the ledger of consents, the newest last
    texts_wait: bool = False  # somebody has a notice to read
    decisions: dict[str, Json] = field(default_factory=dict)
    asked: list[Json] = field(default_factory=list)
    accepted: list[Json] = field(default_factory=list)
    invited_is_known: bool = False
    calls: list[Call] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    overrun: set[str] = field(default_factory=set)  # services that were asked too much by this visitor
    refreshes: int = 0
    pdf_is_ready: bool = True
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def grant(self, person: Person, *, stepped_up: bool = False) -> Json:
        token, refresh = f"access-{next(self.numbers)}", f"refresh-{next(self.numbers)}"
        self.tokens[token] = (person.login, stepped_up)
        self.refresh_tokens[refresh] = person.login
        return {
            "access_token": token,
            "refresh_token": refresh,
            "expires_in": 600,
            "account": person.account(),
        }

    def caller(self, request: Request, *roles: str) -> Person:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refused(401, "auth.token_invalid", "Sua sessão terminou ou não é válida. Entre de novo.")
        person = self.people[self.tokens[token][0]]
        if roles and not set(roles) & set(person.roles):
            raise Refused(403, "forbidden", "Seu perfil não permite esta ação.")
        return person

    def is_stepped_up(self, request: Request) -> bool:
        return self.tokens[request.headers["authorization"].removeprefix("Bearer ")][1]

    def once(self, request: Request, answer: Json) -> Json:
        return self.keys.setdefault(request.headers["idempotency-key"], answer)

    def repeated(self, request: Request) -> Json | None:
        return self.keys.get(request.headers["idempotency-key"])


def refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    english = request.headers.get("accept-language", "").startswith("en")
    body = error.body | ({"detail": f"[en] {error.body['detail']}"} if english else {})
    return JSONResponse(body, error.status, media_type="application/problem+json")


def now() -> str:
    return datetime.now(UTC).isoformat()


def fresh_id() -> str:
    return str(new_id())

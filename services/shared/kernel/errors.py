"""Errors a person can act on: a stable code, a category, and a sentence in both languages.

Each service lists its kinds in `domain/errors.py` and raises them with `raise KIND.error(...)`;
`platform/http/problems.py` turns them into RFC 9457 problem+json in one place.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Category(Enum):
    """What went wrong, and the HTTP status (RFC 9110) it becomes at the edge."""

    INVALID = 422
    MALFORMED = 400
    UNAUTHENTICATED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    TOO_LARGE = 413
    UNSUPPORTED = 415
    RATE_LIMITED = 429
    UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One way of failing. `pt` and `en` are whole sentences that say what to do next.

    Sentences may hold `{placeholders}`, filled from the safe parameters of `error()`; never a clinical value,
    a name, a CPF or a contact.
    """

    code: str
    category: Category
    pt: str
    en: str

    def error(self, *, field: str | None = None, **params: Any) -> "LaudoError":
        return LaudoError(self, field=field, params=params)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field of a request; `field` is a dotted path as the caller sent it."""

    field: str
    kind: ErrorKind
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class LaudoError(Exception):
    """A business error. Its text is the code alone, so that a log line never carries what a person typed."""

    def __init__(
        self,
        kind: ErrorKind,
        *,
        field: str | None = None,
        params: Mapping[str, Any] | None = None,
        errors: tuple[FieldError, ...] = (),
    ) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.field = field
        self.params = dict(params or {})
        self.errors = errors

    def sentence(self, locale: str) -> str:
        return render(self.kind, self.params, locale)


def render(kind: ErrorKind, params: Mapping[str, Any], locale: str) -> str:
    """Return the kind's sentence in pt-BR, or in English when the locale starts with `en`."""
    text = kind.en if locale.lower().startswith("en") else kind.pt
    return text.format_map(params) if params else text


NOT_FOUND = ErrorKind(
    "not_found",
    Category.NOT_FOUND,
    "Não encontramos o que você procura. Confira o endereço ou volte à página inicial.",
    "We could not find what you are looking for. Check the address or go back to the start page.",
)
FORBIDDEN = ErrorKind(
    "forbidden",
    Category.FORBIDDEN,
    "Seu perfil não permite esta ação. Fale com o administrador da clínica se precisar dela.",
    "Your role does not allow this. Talk to the clinic's administrator if you need it.",
)
INVALID = ErrorKind(
    "invalid",
    Category.INVALID,
    "Há campos a corrigir. Nada foi gravado.",
    "Some fields need correction. Nothing was saved.",
)
UNAVAILABLE = ErrorKind(
    "unavailable",
    Category.UNAVAILABLE,
    "O serviço está temporariamente indisponível. Nada foi perdido; tente de novo em instantes.",
    "The service is temporarily unavailable. Nothing was lost; try again in a moment.",
)

"""What a person types to say who they are: an e-mail address or a CPF."""

from dataclasses import dataclass
from enum import StrEnum

from services.accounts.domain.identifiers import cpf_digits


class LoginKind(StrEnum):
    EMAIL = "email"
    CPF = "cpf"


@dataclass(frozen=True, slots=True)
class Login:
    kind: LoginKind
    value: str

    @classmethod
    def typed(cls, text: str) -> "Login":
        """Read what was typed, never failing: a login that cannot exist is looked up like any other."""
        digits = cpf_digits(text)
        if digits is not None:
            return cls(LoginKind.CPF, digits)
        return cls(LoginKind.EMAIL, text.strip().lower())

"""A signed-in person, as the portal remembers them between two clicks."""

from dataclasses import dataclass, replace
from typing import Any

from services.portal.application.ports import Json
from services.shared.kernel.principal import STAFF, Role

REFRESH_BEFORE_S = 60


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    roles: frozenset[str]
    clinic_name: str | None
    locale: str

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_staff(self) -> bool:
        return not self.roles.isdisjoint(STAFF)


@dataclass(frozen=True, slots=True)
class Session:
    """Tokens never leave the portal; times are unix seconds."""

    id: str
    account: Account
    access_token: str
    access_ends_at: float
    refresh_token: str
    stepped_up_token: str | None = None
    stepped_up_until: float = 0.0

    def is_fresh(self, now: float) -> bool:
        return now < self.access_ends_at - REFRESH_BEFORE_S

    def is_usable(self, now: float) -> bool:
        return now < self.access_ends_at

    def stepped_up(self, now: float) -> str | None:
        """Return the token that carries the second factor, while it still counts."""
        return self.stepped_up_token if now < self.stepped_up_until else None

    def renewed(self, granted: Json, now: float) -> "Session":
        fresh = session_of(self.id, granted, now)
        return replace(fresh, stepped_up_token=self.stepped_up_token, stepped_up_until=self.stepped_up_until)

    def as_json(self) -> Json:
        return {
            "account": {
                "id": self.account.id,
                "name": self.account.name,
                "roles": sorted(self.account.roles),
                "clinic_name": self.account.clinic_name,
                "locale": self.account.locale,
            },
            "access_token": self.access_token,
            "access_ends_at": self.access_ends_at,
            "refresh_token": self.refresh_token,
            "stepped_up_token": self.stepped_up_token,
            "stepped_up_until": self.stepped_up_until,
        }


def session_from_json(session_id: str, stored: Json) -> Session:
    account: dict[str, Any] = stored["account"]
    return Session(
        id=session_id,
        account=Account(
            id=account["id"],
            name=account["name"],
            roles=frozenset(account["roles"]),
            clinic_name=account["clinic_name"],
            locale=account["locale"],
        ),
        access_token=stored["access_token"],
        access_ends_at=stored["access_ends_at"],
        refresh_token=stored["refresh_token"],
        stepped_up_token=stored["stepped_up_token"],
        stepped_up_until=stored["stepped_up_until"],
    )


def session_of(session_id: str, granted: Json, now: float) -> Session:
    """Build a session from accounts' answer to a sign-in or a refresh."""
    account: dict[str, Any] = granted["account"]
    clinic = account.get("clinic")
    return Session(
        id=session_id,
        account=Account(
            id=str(account["id"]),
            name=str(account["name"]),
            roles=frozenset(account["roles"]),
            clinic_name=clinic["name"] if clinic else None,
            locale=str(account.get("locale") or "pt-BR"),
        ),
        access_token=str(granted["access_token"]),
        access_ends_at=now + float(granted["expires_in"]),
        refresh_token=str(granted["refresh_token"]),
    )

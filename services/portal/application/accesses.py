"""Who saw a person's data: the services' logs as one list, newest first, with the names a person knows."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.portal.application.api.access_logs import AccessLogsApi
from services.portal.application.api.accounts import AccountsApi
from services.portal.application.ports import Caller, Json
from services.shared.platform.http.pages import encode_cursor

PAGE = 20
_SERVICE = "service"
_PROXY = "patient"  # another patient: somebody who was let in


@dataclass(frozen=True, slots=True)
class AccessLine:
    """`who`: `self`, `system`, `proxy` (somebody let in by the patient or a guardian), or `staff` with a name when the
    clinic still knows the person."""

    at: str
    who: str
    name: str | None
    roles: Sequence[str]
    clinic_name: str | None
    action: str
    purpose: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccessPage:
    lines: Sequence[AccessLine]
    next_cursor: str | None


@dataclass(frozen=True)
class Accesses:
    """Five requests whatever the number of lines: a page of each log, the names, and the person's clinics.

    Every log understands the same cursor: the time and id of the last line, whichever log it came from.
    """

    logs: AccessLogsApi
    accounts: AccountsApi

    async def page(self, caller: Caller, *, cursor: str | None, with_own: bool) -> AccessPage:
        answers = await self.logs.own(caller, limit=PAGE, cursor=cursor, with_own=with_own)
        found = sorted((item for answer in answers for item in answer["items"]), key=_key, reverse=True)
        shown = found[:PAGE]
        more = len(found) > PAGE or any(answer["next_cursor"] for answer in answers)
        staff = sorted({item["actor_id"] for item in shown if _who(item) == "staff"})
        names, me = await asyncio.gather(self._names(caller, staff), self.accounts.me(caller))
        clinics = {record["clinic"]["id"]: record["clinic"]["name"] for record in me["patient_records"]}
        last = encode_cursor([shown[-1]["at"], shown[-1]["id"]]) if more and shown else None
        return AccessPage([_line(item, names, clinics) for item in shown], last)

    async def _names(self, caller: Caller, ids: Sequence[str]) -> dict[tuple[str, str], Json]:
        people = await self.accounts.name_staff(caller, ids) if ids else []
        return {(person["id"], person["clinic_id"]): person for person in people}


def _key(item: Json) -> tuple[datetime, str]:
    return datetime.fromisoformat(item["at"]), item["id"]


def _who(item: Json) -> str:
    if item["is_own"]:
        return "self"
    if _PROXY in item["actor_roles"]:
        return "proxy"
    return "system" if _SERVICE in item["actor_roles"] else "staff"


def _line(item: Json, names: Mapping[tuple[str, str], Json], clinics: Mapping[str, str]) -> AccessLine:
    person = names.get((item["actor_id"], item["clinic_id"]), {})
    return AccessLine(
        at=item["at"],
        who=_who(item),
        name=person.get("name"),
        roles=item["actor_roles"],
        clinic_name=clinics.get(item["clinic_id"]),
        action=item["action"].replace(".", "_"),
        purpose=item["purpose"],
        about=item["about"],
    )

"""A clinic's audit as one list, newest first, for its auditor: who did what, to whose record, when, why."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.portal.application.api.audit import AuditApi
from services.portal.application.ports import Caller, Json
from services.shared.platform.http.pages import encode_cursor

PAGE = 30
MOST_ROWS_IN_A_FILE = 10_000
_ROWS_PER_ASKING = 1000
_NAMES_PER_ASKING = 100
_EMERGENCY = "emergency"
_LOOKS = frozenset({"audit.list", "audit.export"})


class TooManyRows(Exception):
    """A file would not hold all rows of the period; half of them would look like all."""


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """`since` is in, `until` is out."""

    since: datetime
    until: datetime
    actor_id: str | None = None
    patient_id: str | None = None
    action: str | None = None
    emergencies: bool = False

    @property
    def params(self) -> dict[str, str]:
        asked = {"actor_id": self.actor_id, "patient_id": self.patient_id, "action": self.action}
        period = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        only = {"emergencies": "true"} if self.emergencies else {}
        return period | only | {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class AuditLine:
    """`who`: `staff` or `program` with a name when the clinic knows it, `patient`, or `system`. No clinical value and
    no patient's name: a record number says whose data it was.
    """

    row: Json
    who: str
    name: str | None
    record_number: str | None

    @property
    def is_emergency(self) -> bool:
        return bool(self.row["purpose"] == _EMERGENCY)


@dataclass(frozen=True, slots=True)
class AuditPage:
    lines: Sequence[AuditLine]
    next_cursor: str | None


@dataclass(frozen=True)
class AuditTrail:
    """Every log understands the same cursor: time and id of the last line, whichever log it came from."""

    api: AuditApi

    async def page(self, caller: Caller, search: AuditSearch, cursor: str | None) -> AuditPage:
        """Five requests whatever the number of lines: a page of each log, and the names."""
        rows, more = await self._rows(caller, search.params, PAGE, cursor)
        return AuditPage(await self._named(caller, _looks_once(rows)), _cursor(rows) if more else None)

    async def whole(self, caller: Caller, search: AuditSearch) -> Sequence[AuditLine]:
        """Return all lines of the period, newest first; raise TooManyRows rather than cut any off."""
        found: list[Json] = []
        cursor, more = None, True
        while more:
            rows, more = await self._rows(
                caller, search.params | {"export": "true"}, _ROWS_PER_ASKING, cursor
            )
            found += rows
            if len(found) > MOST_ROWS_IN_A_FILE or (more and len(found) == MOST_ROWS_IN_A_FILE):
                raise TooManyRows
            cursor = _cursor(rows) if more else None
        return await self._named(caller, found)

    async def _rows(
        self, caller: Caller, params: Mapping[str, str], limit: int, cursor: str | None
    ) -> tuple[list[Json], bool]:
        asked = {**params, "limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        answers = await self.api.pages(caller, asked)
        found = sorted((item for answer in answers for item in answer["items"]), key=_key, reverse=True)
        more = len(found) > limit or any(answer["next_cursor"] for answer in answers)
        return found[:limit], more and bool(found)

    async def _named(self, caller: Caller, rows: Sequence[Json]) -> Sequence[AuditLine]:
        actors = sorted({row["actor_id"] for row in rows if _kind(row) in ("staff", "program")})
        patients = sorted({row["patient_id"] for row in rows if row["patient_id"]})
        names: dict[str, str] = {}
        numbers: dict[str, str] = {}
        most = max(len(actors), len(patients))
        for answer in await asyncio.gather(
            *(
                self.api.names(
                    caller, actors[at : at + _NAMES_PER_ASKING], patients[at : at + _NAMES_PER_ASKING]
                )
                for at in range(0, most, _NAMES_PER_ASKING)
            )
        ):
            names |= {each["id"]: each["name"] for each in answer["actors"]}
            numbers |= {each["id"]: each["record_number"] for each in answer["records"]}
        return [
            AuditLine(row, _kind(row), names.get(row["actor_id"]), numbers.get(row["patient_id"] or ""))
            for row in rows
        ]


def _looks_once(rows: Sequence[Json]) -> Sequence[Json]:
    """One look of an auditor asks every service, and each keeps its row: on the page it is one line. In a file all
    rows are there.
    """
    seen: set[tuple[str, str]] = set()
    shown = []
    for row in rows:
        look = (row["action"], row["trace_id"] or row["id"])
        if row["action"] not in _LOOKS or look not in seen:
            shown.append(row)
        seen.add(look)
    return shown


def _key(row: Json) -> tuple[datetime, str]:
    return datetime.fromisoformat(row["at"]), row["id"]


def _cursor(rows: Sequence[Json]) -> str:
    return encode_cursor([rows[-1]["at"], rows[-1]["id"]])


def _kind(row: Json) -> str:
    for role, kind in (("service", "system"), ("integration", "program"), ("patient", "patient")):
        if role in row["actor_roles"]:
            return kind
    return "staff"

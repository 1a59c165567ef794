"""Gathers everything the services hold of a patient, with the patient's own token and by the routes everybody uses: the
policy decides and each service audits, as for any other reading. Nothing of it is kept here or anywhere else.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.portal.application.accesses import Accesses, AccessLine
from services.portal.application.api.consents import ConsentsApi
from services.portal.application.api.exams import ExamsApi
from services.portal.application.api.files import FilesApi
from services.portal.application.api.notifications import NotificationsApi
from services.portal.application.api.privacy import PrivacyApi
from services.portal.application.api.relations import RelationsApi
from services.portal.application.ports import Caller, Json

MOST_EXAMS = 1000
MOST_LINES = 2000
_AT_ONCE = 4  # of a person's own limit much is left


@dataclass(frozen=True, slots=True)
class OwnExam:
    exam: Json
    files: Sequence[Json]


@dataclass(frozen=True, slots=True)
class OwnData:
    """`complete` is False when there was more than one package holds; what is missing is the oldest."""

    records: Json
    exams: Sequence[OwnExam]
    preferences: Json
    consents: Json
    messages: Sequence[Json]
    proxies: Json
    shares: Sequence[Json]
    accesses: Sequence[AccessLine]
    complete: bool


@dataclass(frozen=True)
class GatherOwnData:
    exams: ExamsApi
    files: FilesApi
    notifications: NotificationsApi
    relations: RelationsApi
    privacy: PrivacyApi
    consents: ConsentsApi
    accesses: Accesses

    async def run(self, caller: Caller) -> OwnData:
        """The records come first: they ask for a fresh confirmation, and without it nothing else is read."""
        records = await self.privacy.own_records(caller)
        listed, more_exams = await self._exams(caller)
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(exam_id: str) -> OwnExam:
            async with turn:
                exam = await self.exams.exam(caller, exam_id)
                return OwnExam(exam, await self.files.of_exam(caller, exam_id))

        exams = await asyncio.gather(*(one(exam_id) for exam_id in listed))
        messages, more_messages = await self._messages(caller)
        lines, more_lines = await self._accesses(caller)
        return OwnData(
            records=records,
            exams=exams,
            preferences=await self.notifications.preferences(caller),
            consents=await self.consents.of(caller),
            messages=messages,
            proxies=await self.relations.proxies(caller),
            shares=await self.relations.let_in(caller),
            accesses=lines,
            complete=not (more_exams or more_messages or more_lines),
        )

    async def _exams(self, caller: Caller) -> tuple[list[str], bool]:
        found: list[str] = []
        cursor: str | None = None
        while len(found) < MOST_EXAMS:
            page = await self.exams.find(caller, {}, cursor)
            found += [str(exam["id"]) for exam in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found, False
        return found, True

    async def _messages(self, caller: Caller) -> tuple[list[Json], bool]:
        found: list[Json] = []
        cursor: str | None = None
        while len(found) < MOST_LINES:
            page = await self.notifications.log(caller, cursor)
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found, False
        return found, True

    async def _accesses(self, caller: Caller) -> tuple[list[AccessLine], bool]:
        found: list[AccessLine] = []
        cursor: str | None = None
        while len(found) < MOST_LINES:
            page = await self.accesses.page(caller, cursor=cursor, with_own=True)
            found += page.lines
            cursor = page.next_cursor
            if cursor is None:
                return found, False
        return found, True

"""Opens PostgreSQL transactions for the edge, in the scope that row-level security reads."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from types import TracebackType
from typing import Any
from uuid import UUID

from services.exam_results.application.ports import ExamReads, ExamWork
from services.exam_results.domain.lifecycle import Lifecycle
from services.exam_results.infrastructure.persistence.exam_reads import PostgresExamReads
from services.exam_results.infrastructure.persistence.work import PostgresExamWork
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.principal import Principal
from services.shared.platform.postgres.database import Database, Scope, WriteSession
from services.shared.platform.postgres.idempotency import (
    IN_FLIGHT,
    Created,
    answered,
    lock_of,
    once,
    remember,
)
from services.shared.platform.postgres.together import Together

_CREATED = 201


class PostgresTransactions:
    def __init__(
        self, database: Database, lifecycle: Lifecycle, topic: str, after_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._lifecycle = lifecycle
        self._topic = topic
        self._after_commit = after_commit

    def read(self, caller: Principal) -> AbstractAsyncContextManager[ExamReads]:
        return _Reading(self._database, Scope.of(caller))

    @asynccontextmanager
    async def change(self, caller: Principal, exam_id: UUID) -> AsyncIterator[ExamWork]:
        async with self._database.write(await self._scope(caller, exam_id)) as session:
            yield self.work_of(session)
        self._after_commit()

    @asynccontextmanager
    async def in_clinic(self, clinic_id: UUID) -> AsyncIterator[ExamWork]:
        """Open a transaction of the system itself, in one clinic."""
        async with self._database.write(Scope(clinic_id=clinic_id)) as session:
            yield self.work_of(session)
        self._after_commit()

    def work_of(self, session: WriteSession) -> ExamWork:
        """Return the use cases' view of a transaction that somebody else has opened: the inbox."""
        return PostgresExamWork(session, self._lifecycle, self._topic)

    async def create_once(
        self,
        caller: Principal,
        *,
        key: str,
        route: str,
        request: bytes,
        run: Callable[[ExamWork], Awaitable[Mapping[str, Any]]],
    ) -> tuple[Mapping[str, Any], bool]:
        try:
            async with self._database.lend(partial(Together, scope=Scope.of(caller))) as session:
                made = Created(_CREATED, await run(self.work_of(session)))
                await remember(session, caller, made, key=key, route=route, request=request)
                if not await session.send(lock=lock_of(caller, key)):
                    raise IN_FLIGHT.error()
        except LaudoError:
            # Refused perhaps because the same request came before: then its answer holds.
            async with self._database.read(Scope.of(caller)) as reading:
                seen = await answered(reading, caller, key=key, route=route, request=request)
            if seen is None:
                raise
            return seen.body, True
        self._after_commit()
        return made.body, False

    async def change_once(
        self,
        caller: Principal,
        *,
        key: str,
        route: str,
        request: bytes,
        run: Callable[[ExamWork], Awaitable[Mapping[str, Any]]],
    ) -> tuple[Mapping[str, Any], bool]:
        async with self._database.write(Scope.of(caller)) as session:

            async def create() -> Created:
                return Created(_CREATED, await run(self.work_of(session)))

            made = await once(session, caller, key=key, route=route, request=request, run=create)
        self._after_commit()
        return made.body, made.replayed

    async def _scope(self, caller: Principal, exam_id: UUID) -> Scope:
        """A patient acts on a row of some clinic: the clinic is looked up among the rows of that person."""
        own = Scope.of(caller)
        if own.clinic_id is not None:
            return own
        async with self._database.read(own) as session:
            clinic_id = await session.value("SELECT clinic_id FROM exams WHERE exam_id = $1", exam_id)
        return own if clinic_id is None else Scope(clinic_id=clinic_id, person_id=own.person_id)


class _Reading:
    """A context manager written out, like the one it stands on."""

    def __init__(self, database: Database, scope: Scope) -> None:
        self._statements = database.statements()
        self._scope = scope

    async def __aenter__(self) -> ExamReads:
        return PostgresExamReads(await self._statements.__aenter__(), self._scope)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._statements.__aexit__(kind, error, trace)

"""What an administrator may do with dead letters, and the audit row of each.

A letter belongs to the clinic of its envelope: administrators see and move those of their own clinic, and others do
not exist for them. Where no clinic can be read, every administrator sees that the letter exists, its queue, time and
reason, and nothing of its content, and may send that one back or discard it; "all" leaves such letters where they are.
The audit row is written before anything is answered or moved: no audit, no effect.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import ParamSpec, TypeVar
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import FORBIDDEN, NOT_FOUND, UNAVAILABLE, Category, ErrorKind, LaudoError
from services.shared.kernel.principal import Principal
from services.shared.platform.dead_letters.letter import DeadLetter
from services.shared.platform.dead_letters.queues import Held, SqsDeadLetters
from services.shared.platform.logs import get_logger
from services.shared.platform.messaging.context_attributes import NOTHING_READABLE

_P = ParamSpec("_P")
_T = TypeVar("_T")

IN_USE = ErrorKind(
    "dead_letters.in_use",
    Category.CONFLICT,
    "Esta mensagem está sendo consultada por outra pessoa ou já saiu da fila. Atualize a lista em um minuto.",
    "This message is in somebody else's hands or has left the queue already. Reload the list in a minute.",
)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, from where, in which trace."""

    principal: Principal
    address: str | None
    trace_id: str | None

    @property
    def clinic_id(self) -> UUID:
        if self.principal.clinic_id is None:
            raise FORBIDDEN.error()
        return self.principal.clinic_id


RecordAudit = Callable[[Principal, AuditEntry], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Found:
    letters: Sequence[DeadLetter]
    is_partial: bool


class DeadLetterDesk:
    def __init__(self, queues: SqsDeadLetters, record: RecordAudit, clock: Clock) -> None:
        self._queues = queues
        self._record = record
        self._clock = clock

    async def list(self, asker: Asker) -> Found:
        """Return the letters that the asker may see, newest first; looking changes nothing."""
        await self._audit(asker, "dead_letter.list")
        looks = await asyncio.gather(*(self._look(queue) for queue in self._queues.queues))
        letters = [
            seen for letter in chain(*(look.letters for look in looks)) if (seen := _seen(asker, letter))
        ]
        letters.sort(key=lambda letter: letter.died_at, reverse=True)
        return Found(letters, any(look.is_partial for look in looks))

    async def read(self, asker: Asker, queue: str, letter_id: UUID) -> DeadLetter:
        """Return one letter; raises `not_found`, or `in_use` while somebody else may hold it."""
        look = await self._look(self._known(queue))
        letter = _chosen(asker, look, letter_id)
        await self._audit(asker, "dead_letter.read", letter)
        return letter

    async def redrive(self, asker: Asker, queue: str, letter_id: UUID) -> None:
        """Send one letter back to its queue. What caused the failure should be mended before."""
        await self._move_one(asker, queue, letter_id, "dead_letter.redrive", self._queues.redrive)

    async def discard(self, asker: Asker, queue: str, letter_id: UUID) -> None:
        """Throw one letter away, for good: what it announced will not happen in this service."""
        await self._move_one(asker, queue, letter_id, "dead_letter.discard", self._queues.discard)

    async def redrive_all(self, asker: Asker) -> int:
        """Send all letters of the asker's clinic back; return how many.

        All are taken in hand before the first one goes, so that one which fails again at once is not sent twice.
        """
        count = 0
        for queue in self._queues.queues:
            held = await _call(self._queues.hold, queue)
            mine = [letter for letter in held.letters if letter.belongs_to(asker.clinic_id)]
            left = {letter.id: letter for letter in held.letters}
            try:
                for letter in mine:
                    await self._audit(asker, "dead_letter.redrive", letter)
                    await _call(self._queues.redrive, letter)
                    del left[letter.id]
                    count += 1
            finally:
                await self._let_go(queue, tuple(left.values()))
        return count

    async def _move_one(
        self, asker: Asker, queue: str, letter_id: UUID, action: str, move: Callable[[DeadLetter], None]
    ) -> None:
        held = await _call(self._queues.hold, self._known(queue))
        left = {letter.id: letter for letter in held.letters}
        try:
            seen = _chosen(asker, held, letter_id)
            await self._audit(asker, action, seen)
            await _call(move, left[seen.id])
            del left[seen.id]
        finally:
            await self._let_go(queue, tuple(left.values()))

    async def _look(self, queue: str) -> Held:
        held = await _call(self._queues.hold, queue)
        await self._let_go(queue, held.letters)
        return held

    def _known(self, queue: str) -> str:
        if queue not in self._queues.queues:
            raise NOT_FOUND.error()
        return queue

    async def _audit(self, asker: Asker, action: str, letter: DeadLetter | None = None) -> None:
        entry = AuditEntry(
            at=self._clock.now(),
            actor_id=asker.principal.account_id,
            actor_roles=tuple(sorted(asker.principal.roles)),
            action=action,
            clinic_id=asker.clinic_id,
            resource=f"dead-letter/{letter.queue}/{letter.context.event_id or letter.id}" if letter else None,
            purpose="operations",
            address=asker.address,
            trace_id=asker.trace_id,
        )
        await self._record(asker.principal, entry)

    async def _let_go(self, queue: str, letters: Sequence[DeadLetter]) -> None:
        """A failure here is no failure of what was asked: the hold ends by itself."""
        try:
            await _call(self._queues.let_go, queue, letters)
        except LaudoError as error:
            get_logger().warning("dead_letters.still_hidden", queue=queue, exc_info=error.__cause__)


async def _call(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except (BotoCoreError, ClientError) as error:
        raise UNAVAILABLE.error() from error


def _seen(asker: Asker, letter: DeadLetter) -> DeadLetter | None:
    """The letter as the asker may see it, or None where it does not exist for them."""
    if letter.is_nobodys:
        return replace(letter, context=NOTHING_READABLE)
    return letter if letter.belongs_to(asker.clinic_id) else None


def _chosen(asker: Asker, held: Held, letter_id: UUID) -> DeadLetter:
    for letter in held.letters:
        if letter.id == str(letter_id) and (seen := _seen(asker, letter)):
            return seen
    raise (IN_USE if held.is_partial else NOT_FOUND).error()

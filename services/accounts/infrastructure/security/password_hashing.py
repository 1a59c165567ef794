"""argon2id in a bounded pool of threads, with the parameters OWASP's Password Storage Cheat Sheet names."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from services.shared.kernel.errors import UNAVAILABLE

_MEMORY_KIB = 19 * 1024
_PASSES = 2
_LANES = 1
_MOST_WAITING = 64
Result = TypeVar("Result")


class Argon2PasswordHasher:
    """Hashing is the one costly thing a stranger may ask for: few threads do it, and when too many wait the
    next are turned away at once instead of piling up.
    """

    def __init__(self, threads: int = 2) -> None:
        self._argon2 = PasswordHasher(
            time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES, type=Type.ID
        )
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys = self._argon2.hash("the password of nobody")
        self._parameters = self._nobodys.rpartition("$")[0].rpartition("$")[0] + "$"

    async def hash(self, password: str) -> str:
        return await self._run(self._argon2.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        matches = await self._run(self._matches, password, stored or self._nobodys)
        return matches and stored is not None

    def is_outdated(self, stored: str | None) -> bool:
        """A hash begins with its parameters: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`."""
        return not (stored or self._nobodys).startswith(self._parameters)

    def _matches(self, password: str, stored: str) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., Result], *args: str) -> Result:
        if self._waiting >= _MOST_WAITING:
            raise UNAVAILABLE.error()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)
        finally:
            self._waiting -= 1

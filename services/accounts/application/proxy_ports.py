"""Where proxies are kept. The store shows a row to the person, to the reader, and to the person's clinics."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.accounts.domain.proxy import Proxy


class ProxyReader(Protocol):
    async def get(self, proxy_id: UUID, *, lock: bool = False) -> Proxy | None: ...
    async def of_person(self, person_id: UUID) -> Sequence[Proxy]:
        """Return the accesses to a person's exams, the newest first, ended ones included."""
        ...

    async def held_by(self, reader_id: UUID) -> Sequence[Proxy]:
        """Return what a person may see, the newest first, ended ones included."""
        ...


class ProxyStore(ProxyReader, Protocol):
    async def add(self, proxy: Proxy) -> None: ...
    async def save(self, proxy: Proxy) -> None:
        """Keep version and end: nothing else of a proxy ever changes."""
        ...

"""Proxies in memory, under the same walls as in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.domain.proxy import Proxy
from services.accounts.infrastructure.in_memory.stores import OutOfScope, Store


class InMemoryProxies(Store):
    def _is_own(self, proxy: Proxy) -> bool:
        """Of the transaction's person, or of a patient of its clinic."""
        return proxy.person_id == self.scope.person_id or any(
            record.person_id == proxy.person_id and record.clinic_id == self.scope.clinic_id
            for record in self.tables.patients.values()
        )

    def _seen(self) -> list[Proxy]:
        seen = [
            proxy
            for proxy in self.tables.proxies.values()
            if self._is_own(proxy) or (proxy.reader_id and proxy.reader_id == self.scope.person_id)
        ]
        return sorted(seen, key=lambda proxy: (proxy.starts_at, proxy.id), reverse=True)

    async def get(self, proxy_id: UUID, *, lock: bool = False) -> Proxy | None:
        return next((proxy for proxy in self._seen() if proxy.id == proxy_id), None)

    async def of_person(self, person_id: UUID) -> Sequence[Proxy]:
        return [proxy for proxy in self._seen() if proxy.person_id == person_id]

    async def held_by(self, reader_id: UUID) -> Sequence[Proxy]:
        return [proxy for proxy in self._seen() if proxy.reader_id == reader_id]

    async def add(self, proxy: Proxy) -> None:
        if not self._is_own(proxy):
            raise OutOfScope
        self.tables.proxies[proxy.id] = proxy

    async def save(self, proxy: Proxy) -> None:
        if proxy.id in self.tables.proxies and self._is_own(proxy):
            self.tables.proxies[proxy.id] = proxy

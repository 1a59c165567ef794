"""The ledger of answers in memory, under the same wall as in PostgreSQL: the person's scope alone."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.domain.consent import ConsentEntry, ConsentKind
from services.accounts.infrastructure.in_memory.stores import OutOfScope, Store


class InMemoryConsents(Store):
    async def of_person(self, person_id: UUID) -> Sequence[ConsentEntry]:
        if not self.scope.sees(person_id=person_id):
            return []
        own = (each for each in self.tables.consents.values() if each.person_id == person_id)
        return sorted(own, key=lambda each: each.id, reverse=True)[:500]

    async def newest(self, person_id: UUID) -> Sequence[ConsentEntry]:
        by_kind: dict[ConsentKind, ConsentEntry] = {}
        for each in await self.of_person(person_id):
            by_kind.setdefault(each.kind, each)
        return list(by_kind.values())

    async def add(self, entry: ConsentEntry) -> None:
        if not self.scope.sees(person_id=entry.person_id):
            raise OutOfScope
        self.tables.consents[entry.id] = entry

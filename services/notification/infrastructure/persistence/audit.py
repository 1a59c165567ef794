"""The audit log in Mongo: inserts only; the service's database role has no update or delete on it."""

from dataclasses import asdict

from services.notification.infrastructure.persistence.database import Database
from services.shared.kernel.audit import AuditEntry


class MongoAuditLog:
    def __init__(self, database: Database) -> None:
        self._audit = database["audit"]

    async def record(self, entry: AuditEntry) -> None:
        fields = asdict(entry)
        await self._audit.insert_one({"_id": fields.pop("id"), **fields})

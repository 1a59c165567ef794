"""Queue `file-management-accounts`: people who leave."""

from dataclasses import dataclass

from services.file_management.application.commands.close_access import CloseAccess
from services.shared.contracts.accounts import AccountDeleted
from services.shared.platform.messaging.envelope import Message

QUEUE = "file-management-accounts"


@dataclass(frozen=True)
class AccountEvents:
    close_access: CloseAccess

    async def apply(self, message: Message) -> str:
        """Contacts and languages are no affair of this service: only a deletion has an effect."""
        if not isinstance(message.data, AccountDeleted):
            return "stale"
        closed = await self.close_access.run(message.data.account_id)
        return "done" if closed else "stale"

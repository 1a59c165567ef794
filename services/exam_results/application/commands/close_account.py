"""Close an account, and erase who its person was."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.exam_results.application.ports import ExamWork


@dataclass(frozen=True)
class CloseAccount:
    """Nothing is open to the account any more, nor to anybody whom its person let in. The person's names are emptied,
    unless the clinic keeps them for a while; where an exam is under way they stay until it has ended, since a report
    must state whose it is. Released reports keep what they state: they are the clinical record, kept for 20 years
    (Law 13.787/2018, art. 6).
    """

    async def run(
        self, work: ExamWork, account_id: UUID, clinic_id: UUID, version: int, *, kept: bool, now: datetime
    ) -> bool:
        """Return True when something was new."""
        newer = await work.people.close_account(account_id, clinic_id, version)
        await work.relations.end_all_of(account_id, now)
        if kept:
            return newer
        erased = await work.identities.erase(account_id)
        await work.identities.erase_due(now)
        return erased or newer

"""The use cases about records that may be of one person, put together once."""

from dataclasses import dataclass

from services.accounts.application.commands.decide_merge import DecideMerge
from services.accounts.application.commands.propose_merge import ProposeMerge
from services.accounts.application.commands.undo_merge import UndoMerge
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.list_duplicates import ListDuplicates
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class MergeDesk:
    duplicates: ListDuplicates
    propose: ProposeMerge
    decide: DecideMerge
    undo: UndoMerge


def build_merge_desk(transactions: Transactions, clock: Clock) -> MergeDesk:
    return MergeDesk(
        duplicates=ListDuplicates(transactions, clock),
        propose=ProposeMerge(transactions, clock),
        decide=DecideMerge(transactions, clock),
        undo=UndoMerge(transactions, clock),
    )

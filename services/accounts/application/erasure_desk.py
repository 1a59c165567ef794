"""The use cases of erasure, put together once."""

from dataclasses import dataclass

from services.accounts.application.commands.decide_erasure import DecideErasure
from services.accounts.application.commands.request_erasure import RequestErasure
from services.accounts.application.commands.withdraw_erasure import WithdrawErasure
from services.accounts.application.erasure_ports import ErasureDirectory
from services.accounts.application.ports import IdentifierVault, Transactions
from services.accounts.application.queries.read_erasure import ReadErasure
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class ErasureDesk:
    request: RequestErasure
    withdraw: WithdrawErasure
    decide: DecideErasure
    read: ReadErasure


def build_erasure_desk(
    transactions: Transactions, directory: ErasureDirectory, vault: IdentifierVault, clock: Clock
) -> ErasureDesk:
    return ErasureDesk(
        request=RequestErasure(transactions, vault, clock),
        withdraw=WithdrawErasure(transactions, clock),
        decide=DecideErasure(transactions, clock),
        read=ReadErasure(transactions, directory, vault, clock),
    )

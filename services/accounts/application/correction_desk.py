"""The use cases of corrections, put together once."""

from dataclasses import dataclass

from services.accounts.application.commands.decide_correction import DecideCorrection
from services.accounts.application.commands.propose_correction import ProposeCorrection
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.list_corrections import ListCorrections
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class CorrectionDesk:
    propose: ProposeCorrection
    decide: DecideCorrection
    listed: ListCorrections


def build_correction_desk(transactions: Transactions, clock: Clock) -> CorrectionDesk:
    return CorrectionDesk(
        propose=ProposeCorrection(transactions, clock),
        decide=DecideCorrection(transactions, clock),
        listed=ListCorrections(transactions, clock),
    )

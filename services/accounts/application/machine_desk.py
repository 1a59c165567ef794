"""The use cases about machine clients, put together once."""

from dataclasses import dataclass

from services.accounts.application.commands.register_machine_client import RegisterMachineClient
from services.accounts.application.commands.rotate_client_secret import RotateClientSecret
from services.accounts.application.commands.stop_machine_client import StopMachineClient
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.list_machine_clients import ListMachineClients
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class MachineDesk:
    clients: ListMachineClients
    register: RegisterMachineClient
    rotate: RotateClientSecret
    stop: StopMachineClient


def build_machine_desk(transactions: Transactions, clock: Clock) -> MachineDesk:
    return MachineDesk(
        clients=ListMachineClients(transactions),
        register=RegisterMachineClient(transactions, clock),
        rotate=RotateClientSecret(transactions, clock),
        stop=StopMachineClient(transactions, clock),
    )

"""The clinics of the installation."""

from collections.abc import Sequence

from services.accounts.application.ports import Transactions
from services.accounts.domain.clinic import Clinic


class ListClinics:
    """By name: a clinic's name is on its door. For choosing one's own when signing up."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self) -> Sequence[Clinic]:
        async with self._transactions.read() as reading:
            return await reading.clinics.all()

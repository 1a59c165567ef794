"""The names behind the ids of a person's access log."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.application.clinic_ports import KnownStaff, StaffDirectory
from services.shared.kernel.principal import Principal


class NameStaff:
    """Name and roles of up to 100 people of the clinics where the caller has a record, by their ids, for the log of
    who read the caller's data. Anybody else's id gives nothing. They are the clinic's words, not clinical data: no
    audit row.
    """

    def __init__(self, staff: StaffDirectory) -> None:
        self._staff = staff

    async def __call__(self, account_ids: Sequence[UUID], caller: Principal) -> Sequence[KnownStaff]:
        return await self._staff.known_to(caller.account_id, account_ids) if account_ids else []

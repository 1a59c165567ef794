"""Who may see which exams, and from which moment their values. The one place where this is decided.

| caller                | exams                                | values                                     |
|-----------------------|--------------------------------------|--------------------------------------------|
| patient               | own, of all clinics                  | once the result is opened (signed, embargo over) |
| doctor                | own orders in the token's clinic     | once the report is signed; embargo does not bind |
| technician, releaser  | all of the token's clinic            | always                                     |
| receptionist          | all of the token's clinic            | never                                      |
| administrator, auditor, integration, service | none          | never                                      |

An exam outside the view does not exist for the caller (404). A role with no view at all is refused (403).
Row-level security in PostgreSQL repeats the clinic and the person beneath this policy.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from services.shared.kernel.errors import FORBIDDEN
from services.shared.kernel.principal import Principal, Role


class Values(Enum):
    NEVER = auto()
    WHEN_OPENED = auto()
    WHEN_SIGNED = auto()
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class View:
    """Rows a caller may see: those that match every id that is set. At least one of them always is."""

    viewer_id: UUID
    values: Values
    clinic_id: UUID | None = None
    person_id: UUID | None = None
    requester_id: UUID | None = None

    @property
    def is_staff(self) -> bool:
        return self.clinic_id is not None

    @property
    def is_bench(self) -> bool:
        """The laboratory's own people, whose list is a worklist."""
        return self.values is Values.ALWAYS

    def holds(self, *, clinic_id: UUID, person_id: UUID, requester_id: UUID) -> bool:
        return (
            self.clinic_id in {None, clinic_id}
            and self.person_id in {None, person_id}
            and self.requester_id in {None, requester_id}
        )

    def shows_values(self, *, signed: bool, opened_at: datetime | None) -> bool:
        if self.values is Values.WHEN_OPENED:
            return opened_at is not None
        if self.values is Values.WHEN_SIGNED:
            return signed
        return self.values is Values.ALWAYS


def view_of(caller: Principal) -> View:
    """Return what the caller may see; raise `forbidden` for a role that may see no exam."""
    me, clinic = caller.account_id, caller.clinic_id
    if clinic is None:
        if caller.has(Role.PATIENT):
            return View(me, Values.WHEN_OPENED, person_id=me)
    elif caller.has(Role.TECHNICIAN, Role.RELEASER):
        return View(me, Values.ALWAYS, clinic_id=clinic)
    elif caller.has(Role.DOCTOR):
        return View(me, Values.WHEN_SIGNED, clinic_id=clinic, requester_id=me)
    elif caller.has(Role.RECEPTIONIST):
        return View(me, Values.NEVER, clinic_id=clinic)
    raise FORBIDDEN.error()

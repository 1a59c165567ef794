"""What a clinic may let another program do: the closed list, each with the routes that it opens.

Granting is by clinic: a scope never reaches past the clinic of the client. A new scope comes with its route.
"""

from collections.abc import Iterable
from enum import StrEnum

from services.accounts.domain.machine_errors import SCOPES_INVALID


class MachineScope(StrEnum):
    CATALOGUE_READ = "catalogue:read"  # GET /api/v1/exams/catalogue
    DOCTORS_READ = "doctors:read"  # GET /api/v1/accounts/doctors
    PATIENTS_READ = "patients:read"  # GET /api/v1/accounts/patients/{id}, contacts and CPF masked
    PATIENTS_WRITE = "patients:write"  # POST /api/v1/accounts/patients
    ORDERS_WRITE = "orders:write"  # POST /api/v1/exams


def check_scopes(asked: Iterable[str]) -> frozenset[str]:
    """Return the scopes; raise `scopes_invalid` for none and for one that is not on the list."""
    chosen = frozenset(asked)
    if not chosen or not chosen <= set(MachineScope):
        raise SCOPES_INVALID.error(field="scopes")
    return frozenset(str(scope) for scope in chosen)

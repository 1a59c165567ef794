"""The DDL of accounts, in order: what people are, how they sign in, what belongs to no clinic, the narrow doors.

Every table has forced row-level security. The owner's own policies exist for the functions in `doors.py` alone.
"""

from services.accounts.infrastructure.persistence.migrations.doors import doors
from services.accounts.infrastructure.persistence.migrations.installation_tables import installation_tables
from services.accounts.infrastructure.persistence.migrations.people_tables import people_tables
from services.accounts.infrastructure.persistence.migrations.sign_in_tables import sign_in_tables
from services.shared.platform.postgres.tables import platform_tables


def all_tables(*, app: str, relay: str) -> list[str]:
    return [
        *platform_tables(app=app, relay=relay),
        *people_tables(app),
        *sign_in_tables(app),
        *installation_tables(app),
        *doors(app),
    ]

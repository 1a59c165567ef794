"""What was copied of a clinic's staff to another provider of sign-ins: no name and no contact, so that it may outlive
the account that it is about until the copy is gone, too.
"""

from services.shared.platform.postgres.tables import IN_CLINIC, secure


def copy_tables(app: str) -> list[str]:
    return [
        """CREATE TABLE staff_copies (
            clinic_id uuid NOT NULL,
            account_id uuid NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (clinic_id, account_id))""",
        *secure("staff_copies", IN_CLINIC, app=app, grants="SELECT, INSERT, UPDATE, DELETE"),
    ]

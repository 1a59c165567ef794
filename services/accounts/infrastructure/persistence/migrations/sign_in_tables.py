"""What people sign in with. Each row is its person's alone: no clinic's transaction sees one."""

from services.accounts.infrastructure.persistence.migrations.people_tables import PERSON
from services.shared.platform.postgres.tables import secure

_OWN = f"person_id = {PERSON}"


def sign_in_tables(app: str) -> list[str]:
    return [
        # `lookup` is a keyed hash of an e-mail address or a CPF. Registration adds rows it cannot read.
        """CREATE TABLE logins (
            lookup bytea PRIMARY KEY,
            kind text NOT NULL,
            person_id uuid NOT NULL REFERENCES accounts (id),
            created_at timestamptz NOT NULL DEFAULT now())""",
        *secure("logins", _OWN, app=app, grants="SELECT, INSERT", check="true"),
        """CREATE TABLE credentials (
            person_id uuid PRIMARY KEY REFERENCES accounts (id),
            password_hash text,
            totp_sealed bytea,
            last_totp_step bigint)""",
        *secure("credentials", _OWN, app=app, grants="SELECT, INSERT, UPDATE"),
        """CREATE TABLE sessions (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES accounts (id),
            clinic_id uuid REFERENCES clinics (id),
            started_at timestamptz NOT NULL,
            last_used_at timestamptz NOT NULL,
            stepped_up_at timestamptz,
            revoked_at timestamptz)""",
        "CREATE INDEX sessions_of_person ON sessions (person_id)",
        "CREATE INDEX sessions_age ON sessions (started_at)",
        *secure("sessions", _OWN, app=app, grants="SELECT, INSERT, UPDATE"),
        # Used tokens stay until their session goes, so that a stolen one is known when it comes back.
        """CREATE TABLE refresh_tokens (
            token_hash bytea PRIMARY KEY,
            session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            person_id uuid NOT NULL,
            used_at timestamptz)""",
        "CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id)",
        *secure("refresh_tokens", _OWN, app=app, grants="SELECT, INSERT, UPDATE"),
        """CREATE TABLE one_time_codes (
            person_id uuid PRIMARY KEY REFERENCES accounts (id),
            code_hash bytea NOT NULL,
            issued_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            tries smallint NOT NULL)""",
        *secure("one_time_codes", _OWN, app=app, grants="SELECT, INSERT, UPDATE, DELETE"),
    ]

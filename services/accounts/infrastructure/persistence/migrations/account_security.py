"""Second factors, known devices, tickets, and what a list of sessions shows. Each row is its person's alone."""

from services.accounts.infrastructure.persistence.migrations.doors import door, reads
from services.accounts.infrastructure.persistence.migrations.people_tables import PERSON
from services.shared.platform.postgres.tables import secure

_OWN = f"person_id = {PERSON}"


def account_security(app: str) -> list[str]:
    return [*_factors(app), *_devices(app), *_tickets(app), *_revocations(app)]


def _factors(app: str) -> list[str]:
    return [
        """ALTER TABLE credentials ADD COLUMN by_contact boolean NOT NULL DEFAULT false,
            ADD COLUMN stands_alone boolean NOT NULL DEFAULT true""",
        """CREATE TABLE passkeys (
            id uuid PRIMARY KEY,
            person_id uuid NOT NULL REFERENCES accounts (id),
            credential_id bytea NOT NULL,
            public_key bytea NOT NULL,
            sign_count bigint NOT NULL,
            name text NOT NULL,
            transports text[] NOT NULL,
            created_at timestamptz NOT NULL,
            last_used_at timestamptz,
            CONSTRAINT passkey_credential UNIQUE (credential_id))""",
        "CREATE INDEX passkeys_of_person ON passkeys (person_id)",
        *secure("passkeys", _OWN, app=app, grants="SELECT, INSERT, UPDATE, DELETE"),
        *reads("passkeys"),
        *door(
            app,
            "person_of_passkey(bytea)",
            "uuid",
            "SELECT person_id FROM passkeys WHERE credential_id = $1",
        ),
        """CREATE TABLE recovery_codes (
            person_id uuid NOT NULL REFERENCES accounts (id),
            code_hash bytea NOT NULL,
            PRIMARY KEY (person_id, code_hash))""",
        *secure("recovery_codes", _OWN, app=app, grants="SELECT, INSERT, DELETE"),
    ]


def _devices(app: str) -> list[str]:
    return [
        """CREATE TABLE known_devices (
            person_id uuid NOT NULL REFERENCES accounts (id),
            mark bytea NOT NULL,
            first_seen_at timestamptz NOT NULL,
            last_seen_at timestamptz NOT NULL,
            PRIMARY KEY (person_id, mark))""",
        "CREATE INDEX known_devices_age ON known_devices (last_seen_at)",
        *secure("known_devices", _OWN, app=app, grants="SELECT, INSERT, UPDATE"),
        """ALTER TABLE sessions ADD COLUMN device_name text NOT NULL DEFAULT '',
            ADD COLUMN device_place text NOT NULL DEFAULT '', ADD COLUMN device_mark bytea""",
    ]


def _tickets(app: str) -> list[str]:
    return [
        # No reference to accounts: a reset asked for nobody leaves the same row as one asked for somebody.
        """CREATE TABLE tickets (
            token_hash bytea PRIMARY KEY,
            person_id uuid NOT NULL,
            errand text NOT NULL,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            clinic_id uuid,
            session_id uuid,
            device bytea,
            code_hash bytea,
            code_sent_at timestamptz,
            codes_sent smallint NOT NULL,
            tries smallint NOT NULL,
            challenge bytea,
            secret_sealed bytea,
            proved boolean NOT NULL)""",
        "CREATE INDEX tickets_of_person ON tickets (person_id)",
        "CREATE INDEX tickets_age ON tickets (expires_at)",
        *secure("tickets", _OWN, app=app, grants="SELECT, INSERT, UPDATE, DELETE"),
        *reads("tickets"),
        *door(app, "person_of_ticket(bytea)", "uuid", "SELECT person_id FROM tickets WHERE token_hash = $1"),
        "CREATE POLICY forgotten ON tickets TO CURRENT_USER USING (expires_at < now() - interval '1 hour')",
        """CREATE POLICY forgotten ON known_devices TO CURRENT_USER
            USING (last_seen_at < now() - interval '400 days')""",
        *door(
            app,
            "forget_sign_in_traces()",
            "void",
            """DELETE FROM tickets WHERE expires_at < now() - interval '1 hour';
               DELETE FROM known_devices WHERE last_seen_at < now() - interval '400 days'""",
        ),
    ]


def _revocations(app: str) -> list[str]:
    """Ids of sessions alone, and only of those that ended a moment ago: what every verifier must know."""
    return [
        "CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL",
        *reads("sessions"),
        *door(
            app,
            "sessions_revoked_since(timestamptz)",
            "TABLE (id uuid, revoked_at timestamptz)",
            "SELECT id, revoked_at FROM sessions WHERE revoked_at >= $1",
        ),
    ]

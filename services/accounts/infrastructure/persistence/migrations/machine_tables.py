"""Secrets of machine clients with their sessions, what ended of these, and the wall between clinics."""

from services.accounts.infrastructure.persistence.migrations.doors import door, reads
from services.shared.platform.postgres.tables import IN_CLINIC, secure

_OWN = "clinic_id IS NOT DISTINCT FROM nullif(current_setting('app.clinic', true), '')::uuid"


def machine_tables(app: str) -> list[str]:
    return [*_secrets(), *_wall(app), *_ended_sessions(app)]


def _secrets() -> list[str]:
    return [
        """ALTER TABLE machine_clients ADD session_id uuid, ADD secret_until timestamptz,
            ADD secret_used_at timestamptz, ADD previous_session_id uuid, ADD previous_used_at timestamptz,
            ADD last_used_at timestamptz, ADD suspended_at timestamptz""",
        "ALTER TABLE machine_clients RENAME revoked_at TO ended_at",
    ]


def _wall(app: str) -> list[str]:
    """In a clinic's scope that clinic's clients alone, in none the installation's own; who asks for a token is in no
    scope, and finds a clinic's client through the door, by its exact id.
    """
    return [
        *(f"DROP POLICY {name} ON machine_clients" for name in ("found", "made", "changed")),
        f"CREATE POLICY scope ON machine_clients TO {app} USING ({_OWN}) WITH CHECK ({_OWN})",
        *reads("machine_clients"),
        *door(
            app,
            "machine_client(text)",
            "SETOF machine_clients",
            "SELECT * FROM machine_clients WHERE client_id = $1",
        ),
    ]


def _ended_sessions(app: str) -> list[str]:
    """Kept for an hour: tokens live ten minutes."""
    past = "ended_at < now() - interval '1 hour'"
    return [
        """CREATE TABLE machine_sessions_ended (
            id uuid PRIMARY KEY,
            clinic_id uuid NOT NULL,
            ended_at timestamptz NOT NULL)""",
        "CREATE INDEX machine_sessions_ended_when ON machine_sessions_ended (ended_at)",
        *secure("machine_sessions_ended", IN_CLINIC, app=app, grants="INSERT"),
        *reads("machine_sessions_ended"),
        *door(
            app,
            "machine_sessions_ended_since(timestamptz)",
            "TABLE (id uuid, ended_at timestamptz)",
            "SELECT id, ended_at FROM machine_sessions_ended WHERE ended_at >= $1",
        ),
        f"CREATE POLICY forgotten ON machine_sessions_ended FOR DELETE TO CURRENT_USER USING ({past})",
        *door(
            app,
            "forget_machine_sessions()",
            "void",
            f"DELETE FROM machine_sessions_ended WHERE {past}",  # noqa: S608 - constants
        ),
    ]

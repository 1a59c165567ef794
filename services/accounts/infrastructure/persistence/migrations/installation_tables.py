"""What belongs to the installation and to no clinic or person: opaque counters, machine clients, wrapped keys."""

from services.shared.platform.postgres.tables import secure


def installation_tables(app: str) -> list[str]:
    return [
        # The key is a keyed hash of what was tried and from where: the row names nobody.
        """CREATE TABLE attempts (
            key bytea PRIMARY KEY,
            failures integer NOT NULL,
            last_failure_at timestamptz NOT NULL)""",
        "CREATE INDEX attempts_age ON attempts (last_failure_at)",
        *secure("attempts", "true", app=app, grants="SELECT, INSERT, UPDATE, DELETE"),
        """CREATE TABLE machine_clients (
            id uuid PRIMARY KEY,
            client_id text NOT NULL UNIQUE,
            secret_hash bytea NOT NULL,
            scopes text[] NOT NULL)""",
        *secure("machine_clients", "true", app=app, grants="SELECT, INSERT, UPDATE"),
        # Wrapped by KMS: without the key management service these rows open nothing.
        """CREATE TABLE data_keys (
            id uuid PRIMARY KEY,
            purpose text NOT NULL,
            wrapped bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now())""",
        *secure("data_keys", "true", app=app, grants="SELECT, INSERT"),
        """CREATE TABLE signing_keys (
            kid text PRIMARY KEY,
            wrapped bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            retired_at timestamptz)""",
        *secure("signing_keys", "true", app=app, grants="SELECT, INSERT, UPDATE"),
    ]

"""The tables every PostgreSQL service has, as SQL for its first migration: outbox, inbox, idempotency, audit.

Each carries the clinic and forced row-level security; the relay's role sees the outbox alone.
"""

_CLINIC = "nullif(current_setting('app.clinic', true), '')::uuid"
_PERSON = "nullif(current_setting('app.person', true), '')::uuid"

IN_CLINIC = f"clinic_id = {_CLINIC}"
"""Row-level security expression: the row is of the transaction's clinic."""

IN_CLINIC_OR_OWN = f"(clinic_id = {_CLINIC} OR person_id = {_PERSON})"
"""Row-level security expression: of the transaction's clinic, or about the transaction's person."""


def secure(table: str, using: str, *, app: str, grants: str, check: str | None = None) -> list[str]:
    """Return the statements that force row-level security on `table` and grant `grants` to role `app`."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY scope ON {table} TO {app} USING ({using}) WITH CHECK ({check or using})",
        f"GRANT {grants} ON {table} TO {app}",
    ]


def append_only(table: str) -> list[str]:
    """Return the statements that refuse UPDATE, DELETE and TRUNCATE on `table` to everyone, its owner too."""
    return [
        f"""CREATE FUNCTION refuse_change_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
        f"""CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change_{table}()""",
        f"""CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_{table}()""",
    ]


def platform_tables(*, app: str, relay: str) -> list[str]:
    """Return the DDL of outbox, inbox, parked messages, idempotency keys and audit."""
    return [
        """CREATE TABLE outbox (
            position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            id uuid NOT NULL UNIQUE,
            clinic_id uuid NOT NULL,
            type text NOT NULL,
            destination text NOT NULL,
            body text NOT NULL,
            traceparent text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now())""",
        *secure("outbox", IN_CLINIC, app=app, grants="INSERT"),
        f"CREATE POLICY relay ON outbox TO {relay} USING (true)",
        f"GRANT SELECT, UPDATE, DELETE ON outbox TO {relay}",
        """CREATE TABLE inbox (
            event_id uuid NOT NULL,
            queue text NOT NULL,
            clinic_id uuid NOT NULL,
            received_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (event_id, queue))""",
        *secure("inbox", IN_CLINIC, app=app, grants="SELECT, INSERT"),
        """CREATE TABLE parked (
            event_id uuid NOT NULL,
            queue text NOT NULL,
            clinic_id uuid NOT NULL,
            waits_for text NOT NULL,
            body text NOT NULL,
            parked_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (event_id, queue))""",
        "CREATE INDEX parked_waits_for ON parked (clinic_id, waits_for)",
        *secure("parked", IN_CLINIC, app=app, grants="SELECT, INSERT, DELETE"),
        """CREATE TABLE idempotency (
            actor_id uuid NOT NULL,
            key text NOT NULL,
            clinic_id uuid,
            person_id uuid,
            route text NOT NULL,
            request_hash bytea NOT NULL,
            status smallint NOT NULL,
            body jsonb NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (actor_id, key))""",
        "CREATE INDEX idempotency_age ON idempotency (created_at)",
        *secure("idempotency", IN_CLINIC_OR_OWN, app=app, grants="SELECT, INSERT"),
        """CREATE TABLE audit (
            id uuid PRIMARY KEY,
            at timestamptz NOT NULL,
            clinic_id uuid,
            actor_id uuid NOT NULL,
            actor_roles text[] NOT NULL,
            action text NOT NULL,
            patient_id uuid,
            resource text,
            purpose text NOT NULL,
            address text,
            trace_id text)""",
        "CREATE INDEX audit_by_clinic ON audit (clinic_id, at)",
        # Anyone in scope may add a row, for the own clinic or (patients) for none; nobody here may read them.
        *secure("audit", "true", app=app, grants="INSERT"),
        *append_only("audit"),
    ]

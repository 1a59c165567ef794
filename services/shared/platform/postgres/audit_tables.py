"""What sealing adds beside the audit table: seals and exported segments, append-only, for the sealer's role alone.

`audit.txid` is the transaction that inserted the row, set by the server. Everything below the oldest running
transaction is decided for good, so a sealer that stays below it and goes on from its last seal misses no row, however
late its transaction commits, and looks at no row twice.
"""

from services.shared.platform.postgres.tables import append_only

_FILLED_BY_THE_SERVICE = (
    "id, at, clinic_id, actor_id, actor_roles, action, patient_id, resource, purpose, address, trace_id"
)


def sealing_tables(*, app: str, sealer: str) -> list[str]:
    """Return the DDL. The app inserts audit rows and cannot say which transaction it was; the sealer reads them."""
    return [
        "ALTER TABLE audit ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id()",
        "CREATE INDEX audit_to_seal ON audit (clinic_id, txid)",
        f"REVOKE INSERT ON audit FROM {app}",
        f"GRANT INSERT ({_FILLED_BY_THE_SERVICE}) ON audit TO {app}",
        f"CREATE POLICY sealer ON audit FOR SELECT TO {sealer} USING (true)",
        f"GRANT SELECT ON audit TO {sealer}",
        """CREATE TABLE audit_seal (
            chain text COLLATE "C" NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0),
            row_id uuid NOT NULL,
            row_hash bytea NOT NULL CHECK (octet_length(row_hash) = 32),
            previous bytea NOT NULL CHECK (octet_length(previous) = 32),
            chain_hash bytea NOT NULL CHECK (octet_length(chain_hash) = 32),
            sealed_at timestamptz NOT NULL,
            txid xid8 NOT NULL,
            CONSTRAINT audit_seal_one_per_sequence PRIMARY KEY (chain, sequence),
            CONSTRAINT audit_seal_one_per_row UNIQUE (row_id))""",
        """CREATE TABLE audit_segment (
            chain text COLLATE "C" NOT NULL,
            first bigint NOT NULL,
            last bigint NOT NULL CHECK (last >= first),
            planned_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (chain, first))""",
        """CREATE TABLE audit_segment_stored (
            chain text COLLATE "C" NOT NULL,
            first bigint NOT NULL,
            stored_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (chain, first))""",
        *_for_the_sealer("audit_seal", sealer),
        *_for_the_sealer("audit_segment", sealer),
        *_for_the_sealer("audit_segment_stored", sealer),
    ]


def _for_the_sealer(table: str, sealer: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY sealer ON {table} TO {sealer} USING (true) WITH CHECK (true)",
        f"GRANT SELECT, INSERT ON {table} TO {sealer}",
        *append_only(table),
    ]

"""A key per patient record, things a person has yet to confirm, and merges of duplicates."""

from services.accounts.infrastructure.persistence.migrations.doors import door_of_confirmations
from services.accounts.infrastructure.persistence.migrations.people_tables import PERSON
from services.shared.platform.postgres.tables import IN_CLINIC, IN_CLINIC_OR_OWN, secure


def identity_tables(app: str) -> list[str]:
    return [*_own_keys(app), *_confirmations(app), *_logins(app), *_merges(app)]


def _own_keys(app: str) -> list[str]:
    """In a table of its own: a record's key may be deleted while the record stays, and then nothing sealed opens."""
    return [
        """CREATE TABLE patient_keys (
            patient_id uuid PRIMARY KEY REFERENCES patient_records (id) ON DELETE CASCADE,
            clinic_id uuid NOT NULL,
            person_id uuid NOT NULL,
            wrapped bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now())""",
        *secure(
            "patient_keys",
            IN_CLINIC_OR_OWN,
            app=app,
            grants="SELECT, INSERT, UPDATE, DELETE",
            check=IN_CLINIC,
        ),
        # Contact and mother's name rest sealed from now on; the old columns are read where a record has them still.
        "ALTER TABLE patient_records ADD private_sealed bytea",
    ]


def _confirmations(app: str) -> list[str]:
    """`person_id` is the account's id, or the one an account will have: before it exists nobody else knows it."""
    return [
        """CREATE TABLE confirmations (
            person_id uuid NOT NULL,
            purpose text NOT NULL,
            facts_sealed bytea NOT NULL,
            code_hashes bytea[] NOT NULL,
            issued_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            tries smallint NOT NULL,
            PRIMARY KEY (person_id, purpose))""",
        "CREATE INDEX confirmations_age ON confirmations (expires_at)",
        *secure("confirmations", f"person_id = {PERSON}", app=app, grants="SELECT, INSERT, UPDATE, DELETE"),
        *door_of_confirmations(app),
    ]


def _logins(app: str) -> list[str]:
    """Logins may come to lead to another account of the same person, or, an e-mail given up, to nobody."""
    return [
        f"GRANT DELETE ON logins TO {app}",
    ]


def _merges(app: str) -> list[str]:
    return [
        "ALTER TABLE patient_records ADD merged_into uuid REFERENCES patient_records (id)",
        "CREATE INDEX patient_records_merged ON patient_records (merged_into) WHERE merged_into IS NOT NULL",
        "CREATE INDEX patient_records_alike ON patient_records (clinic_id, sort_name, birth_date)",
        """CREATE TABLE merges (
            id uuid PRIMARY KEY,
            clinic_id uuid NOT NULL REFERENCES clinics (id),
            survivor_id uuid NOT NULL REFERENCES patient_records (id),
            duplicate_id uuid NOT NULL REFERENCES patient_records (id),
            state text NOT NULL CHECK (state IN ('proposed', 'refused', 'merged', 'undone')),
            reason text NOT NULL,
            proposed_by uuid NOT NULL,
            proposed_at timestamptz NOT NULL,
            decided_by uuid,
            decided_at timestamptz,
            undone_by uuid,
            undone_at timestamptz,
            undone_reason text,
            CHECK (survivor_id <> duplicate_id))""",
        """CREATE UNIQUE INDEX merge_open_for_duplicate ON merges (duplicate_id)
            WHERE state IN ('proposed', 'merged')""",
        "CREATE INDEX merges_by_clinic ON merges (clinic_id, id)",
        *secure("merges", IN_CLINIC, app=app, grants="SELECT, INSERT, UPDATE"),
    ]

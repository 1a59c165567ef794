"""Corrections of records, proposed by patients and answered by their clinics."""

from alembic import context, op

from services.shared.platform.postgres.tables import IN_CLINIC_OR_OWN, secure

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_TABLE = """CREATE TABLE corrections (
    id uuid PRIMARY KEY,
    patient_id uuid NOT NULL REFERENCES patient_records (id),
    clinic_id uuid NOT NULL,
    person_id uuid NOT NULL,
    field text NOT NULL CHECK (field IN ('name', 'social_name', 'birth_date', 'sex', 'mother_name')),
    facts_sealed bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'accepted', 'refused')),
    proposed_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz)"""


def upgrade() -> None:
    app = context.config.attributes["app_role"]
    for statement in (
        _TABLE,
        "CREATE UNIQUE INDEX correction_open ON corrections (patient_id, field) WHERE state = 'proposed'",
        "CREATE INDEX corrections_of_person ON corrections (person_id, id)",
        "CREATE INDEX corrections_to_answer ON corrections (clinic_id, id) WHERE state = 'proposed'",
        *secure("corrections", IN_CLINIC_OR_OWN, app=app, grants="SELECT, INSERT, UPDATE"),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

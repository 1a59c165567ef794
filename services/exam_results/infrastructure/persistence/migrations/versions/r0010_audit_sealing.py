"""Seals of the audit rows, and whose data was read: for the sealer, the patient and the auditor."""

from alembic import context, op

from services.shared.platform.postgres.audit_doors import audit_doors
from services.shared.platform.postgres.audit_tables import sealing_tables

_PERSON = "nullif(current_setting('app.person', true), '')::uuid"

revision = "0010"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    roles = context.config.attributes
    app = roles["app_role"]
    for statement in [
        *sealing_tables(app=app, sealer=roles["sealer_role"]),
        f"CREATE POLICY door ON patients FOR SELECT TO CURRENT_USER USING (person_id = {_PERSON})",
        *audit_doors(app, records="SELECT p.patient_id FROM patients p WHERE p.person_id = {person}"),
        "CREATE INDEX patients_of_person ON patients (person_id)",
    ]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("audit rows are not migrated backwards: restore, or write a new step")

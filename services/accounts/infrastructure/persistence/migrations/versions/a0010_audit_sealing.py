"""Seals of the audit rows, and whose data was read: for the sealer, the patient and the auditor."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.doors import door_to_staff
from services.shared.platform.postgres.audit_doors import audit_doors
from services.shared.platform.postgres.audit_tables import sealing_tables

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    roles = context.config.attributes
    app = roles["app_role"]
    for statement in [
        *sealing_tables(app=app, sealer=roles["sealer_role"]),
        *audit_doors(app, records="SELECT p.id AS patient_id FROM patient_records p WHERE p.person_id = {person}"),
        *door_to_staff(app),
    ]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("audit rows are not migrated backwards: restore, or write a new step")

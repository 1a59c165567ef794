"""Staff invitations and verification, a key per patient record, confirmations, merges, clinics' machine clients."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.identity_tables import identity_tables
from services.accounts.infrastructure.persistence.migrations.staffing_tables import staffing_tables

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    app = context.config.attributes["app_role"]
    for statement in [*staffing_tables(app), *identity_tables(app)]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

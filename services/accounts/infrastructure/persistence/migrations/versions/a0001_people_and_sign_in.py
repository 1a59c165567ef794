"""People, their records and sign-in, the keys, and the platform's own tables."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.tables import all_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    roles = context.config.attributes
    for statement in all_tables(app=roles["app_role"], relay=roles["relay_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

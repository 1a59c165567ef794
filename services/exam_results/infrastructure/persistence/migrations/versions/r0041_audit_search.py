"""The audit found by action and by emergency."""

from alembic import context, op

from services.shared.platform.postgres.audit_doors import search_doors

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in search_doors(context.config.attributes["app_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("audit rows are not migrated backwards: restore, or write a new step")

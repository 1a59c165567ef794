"""Who was let in to whose exams: shares, emergency accesses, proxies."""

from alembic import context, op

from services.exam_results.infrastructure.persistence.migrations.relation_tables import relation_tables

revision = "0030"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in relation_tables(context.config.attributes["app_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("clinical records are not migrated backwards: restore, or write a new step")

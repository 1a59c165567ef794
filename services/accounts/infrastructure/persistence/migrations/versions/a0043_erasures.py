"""Requests for erasure, and what carrying them out may remove."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.erasure_tables import erasure_tables

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in erasure_tables(context.config.attributes["app_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

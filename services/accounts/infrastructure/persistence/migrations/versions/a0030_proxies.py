"""Guardians and the proxies that patients choose."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.proxy_tables import proxy_tables

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in proxy_tables(context.config.attributes["app_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

"""Second factors, known devices, tickets, and what a list of sessions shows."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.account_security import account_security

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in account_security(context.config.attributes["app_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

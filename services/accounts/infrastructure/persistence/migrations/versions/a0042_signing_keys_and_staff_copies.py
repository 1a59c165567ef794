"""From when a signing key signs (the next one is published before); what was copied to another provider of sign-ins."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.copy_tables import copy_tables

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE signing_keys ADD COLUMN signs_from timestamptz NOT NULL DEFAULT now()")
    for statement in copy_tables(context.config.attributes["app_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("keys are not migrated backwards: restore, or write a new step")

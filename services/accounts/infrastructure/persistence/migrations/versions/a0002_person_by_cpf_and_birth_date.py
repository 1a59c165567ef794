"""The look-up of a person by CPF and birth date together."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.doors import door_by_birth_date

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in door_by_birth_date(context.config.attributes["app_role"]):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

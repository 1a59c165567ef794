"""A clinic's own machine clients, and the audit found by action and by emergency."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.machine_tables import machine_tables
from services.shared.platform.postgres.audit_doors import search_doors

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    app = context.config.attributes["app_role"]
    for statement in [*machine_tables(app), *search_doors(app)]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

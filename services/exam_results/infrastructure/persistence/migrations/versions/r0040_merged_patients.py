"""Which record stands for a merged one."""

from alembic import op

revision = "0040"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE patients ADD merged_into uuid")


def downgrade() -> None:
    raise NotImplementedError("clinical records are not migrated backwards: restore, or write a new step")

"""The sweep sees which released reports wait for their signature: an alarm after 60 s stands on it."""

from alembic import context, op

revision = "0014"
down_revision = "0010"
branch_labels = None
depends_on = None

_UNSIGNED = "signed_file_id IS NULL AND state IN ('released', 'amended', 'corrected', 'appended')"


def upgrade() -> None:
    app = context.config.attributes["app_role"]
    op.execute(f"CREATE INDEX exams_unsigned ON exams (released_at) WHERE {_UNSIGNED}")
    op.execute(
        f"""CREATE POLICY sweep_unsigned ON exams FOR SELECT TO {app}
            USING ({_UNSIGNED} AND current_setting('app.service', true) = 'sweep')"""
    )


def downgrade() -> None:
    raise NotImplementedError("clinical records are not migrated backwards: restore, or write a new step")

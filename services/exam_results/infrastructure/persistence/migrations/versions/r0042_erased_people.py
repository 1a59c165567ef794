"""Who asked to be erased, and that it is done: late word of the person revives nothing."""

from alembic import context, op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    app = context.config.attributes["app_role"]
    for statement in (
        "ALTER TABLE accounts ADD erased boolean NOT NULL DEFAULT false",
        "ALTER TABLE patients ADD to_erase boolean NOT NULL DEFAULT false, ADD erased_at timestamptz",
        "CREATE INDEX patients_to_erase ON patients (clinic_id) WHERE to_erase AND erased_at IS NULL",
        f"""CREATE POLICY sweep ON patients FOR SELECT TO {app}
            USING (to_erase AND current_setting('app.service', true) = 'sweep')""",
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("clinical records are not migrated backwards: restore, or write a new step")

"""Which contacts a code came back from, a code of its own for each contact of a first access, and the hands at a desk.

Of the people who have signed in already, it is taken for confirmed what their first code must have gone to: of staff
the e-mail, by which their invitation came; of patients the e-mail they sign in with, and a number where there is no
e-mail. Whoever has both confirms the number anew, with a code of its own, before codes go there.
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in (
        """ALTER TABLE accounts
            ADD COLUMN email_confirmed boolean NOT NULL DEFAULT false,
            ADD COLUMN phone_confirmed boolean NOT NULL DEFAULT false,
            ADD COLUMN desk_contact_by uuid,
            ADD COLUMN desk_factors_by uuid""",
        # The owner sees all rows for the length of this transaction.
        "ALTER TABLE accounts NO FORCE ROW LEVEL SECURITY",
        """UPDATE accounts SET email_confirmed = email IS NOT NULL, phone_confirmed = email IS NULL AND phone IS NOT NULL
            WHERE has_password""",
        "ALTER TABLE accounts FORCE ROW LEVEL SECURITY",
        """ALTER TABLE one_time_codes ADD COLUMN email_hash bytea, ADD COLUMN sms_hash bytea,
            ALTER COLUMN code_hash DROP NOT NULL""",
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

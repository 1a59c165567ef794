"""The ledger of what people read, consented to and withdrew. An erasure keeps it: it holds no identity."""

from alembic import context, op

from services.accounts.infrastructure.persistence.migrations.people_tables import PERSON
from services.shared.platform.postgres.tables import append_only, secure

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_TABLE = """CREATE TABLE consents (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('terms', 'privacy', 'email_messages', 'sms_messages')),
    version integer NOT NULL CHECK (version > 0),
    locale text NOT NULL CHECK (locale IN ('pt-BR', 'en')),
    text_sha256 text NOT NULL CHECK (text_sha256 ~ '^[0-9a-f]{64}$'),
    act text NOT NULL CHECK (act IN ('acknowledged', 'given', 'withdrawn')),
    channel text NOT NULL CHECK (channel IN ('portal', 'desk', 'sign_up')),
    at timestamptz NOT NULL,
    CHECK ((kind IN ('terms', 'privacy')) = (act = 'acknowledged')))"""


def upgrade() -> None:
    app = context.config.attributes["app_role"]
    for statement in (
        _TABLE,
        "CREATE INDEX consents_of_person ON consents (person_id, kind, id)",
        *secure("consents", f"person_id = {PERSON}", app=app, grants="SELECT, INSERT"),
        *append_only("consents"),
    ):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("people are not migrated backwards: restore, or write a new step")

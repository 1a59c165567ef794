"""Invitations, the verification of council registrations, and who made and changed machine clients."""

from services.accounts.infrastructure.persistence.migrations.doors import door_to_invitations
from services.shared.platform.postgres.tables import IN_CLINIC, secure


def staffing_tables(app: str) -> list[str]:
    return [*_verification(), *_invitations(app), *_machine_clients(app)]


def _verification() -> list[str]:
    return [
        "ALTER TABLE memberships ADD verified_at timestamptz, ADD verified_by uuid, ADD verified_how text",
        "ALTER TABLE memberships ADD verified_note text",
    ]


def _invitations(app: str) -> list[str]:
    return [
        # The code is kept as a keyed hash, the authenticator's secret sealed: the row opens nothing.
        """CREATE TABLE invitations (
            id uuid PRIMARY KEY,
            clinic_id uuid NOT NULL REFERENCES clinics (id),
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'accepted', 'withdrawn')),
            name text NOT NULL,
            email text NOT NULL,
            locale text NOT NULL CHECK (locale IN ('pt-BR', 'en')),
            roles text[] NOT NULL,
            council text,
            council_number text,
            council_uf text,
            code_hash bytea NOT NULL UNIQUE,
            totp_sealed bytea NOT NULL,
            invited_by uuid NOT NULL,
            sent_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            account_id uuid)""",
        # One open invitation per address and clinic: a second one would leave two codes in one mailbox.
        """CREATE UNIQUE INDEX invitation_open_for_address ON invitations (clinic_id, email)
            WHERE state = 'open'""",
        "CREATE INDEX invitations_by_clinic ON invitations (clinic_id, id)",
        *secure("invitations", IN_CLINIC, app=app, grants="SELECT, INSERT, UPDATE"),
        *door_to_invitations(app),
    ]


def _machine_clients(app: str) -> list[str]:
    """A client made by a clinic's administrator belongs to that clinic; the installation's own belong to none."""
    own = "clinic_id IS NULL OR clinic_id = nullif(current_setting('app.clinic', true), '')::uuid"
    return [
        """ALTER TABLE machine_clients ADD clinic_id uuid REFERENCES clinics (id), ADD name text,
            ADD created_at timestamptz NOT NULL DEFAULT now(), ADD created_by uuid, ADD revoked_at timestamptz,
            ADD previous_hash bytea, ADD previous_until timestamptz""",
        "CREATE INDEX machine_clients_by_clinic ON machine_clients (clinic_id, id)",
        "DROP POLICY scope ON machine_clients",
        # Whoever asks for a token is in no scope yet; the exact client id is what finds the row.
        f"CREATE POLICY found ON machine_clients FOR SELECT TO {app} USING (true)",
        f"CREATE POLICY made ON machine_clients FOR INSERT TO {app} WITH CHECK ({own})",
        f"CREATE POLICY changed ON machine_clients FOR UPDATE TO {app} USING ({own})",
    ]

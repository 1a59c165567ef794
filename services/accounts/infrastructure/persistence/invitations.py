"""Invitations in PostgreSQL; the secret of the invited person's authenticator rests encrypted."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.invitation import Invitation, InvitationState
from services.accounts.domain.membership import CouncilRegistration
from services.shared.kernel.principal import Role
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_TOTP = "invitation-totp"


class PostgresInvitationReader:
    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def open_ones(self, clinic_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Invitation]:
        rows = await self._reading.rows(
            """SELECT * FROM invitations WHERE clinic_id = $1 AND state = 'open' AND ($2::uuid IS NULL OR id < $2)
               ORDER BY id DESC LIMIT $3""",
            clinic_id,
            after,
            limit,
        )
        return [self._invitation(row) for row in rows]

    def _invitation(self, row: Row) -> Invitation:
        registration = None
        if row["council"] is not None:
            registration = CouncilRegistration(
                row["council"], row["council_number"], row["council_uf"], verified=False
            )
        return Invitation(
            id=row["id"],
            clinic_id=row["clinic_id"],
            version=row["version"],
            state=InvitationState(row["state"]),
            name=row["name"],
            email=row["email"],
            locale=row["locale"],
            roles=frozenset(Role(role) for role in row["roles"]),
            registration=registration,
            code_hash=row["code_hash"],
            totp_secret=self._vault.open(row["totp_sealed"], purpose=_TOTP, owner=row["id"]),
            invited_by=row["invited_by"],
            sent_at=row["sent_at"],
            expires_at=row["expires_at"],
            account_id=row["account_id"],
        )


class PostgresInvitations(PostgresInvitationReader):
    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        super().__init__(session, vault)
        self._session = session

    async def get(self, invitation_id: UUID) -> Invitation | None:
        row = await self._session.row("SELECT * FROM invitations WHERE id = $1 FOR UPDATE", invitation_id)
        return self._invitation(row) if row else None

    async def with_code(self, code_hash: bytes) -> Invitation | None:
        row = await self._session.row("SELECT * FROM invitations WHERE code_hash = $1 FOR UPDATE", code_hash)
        return self._invitation(row) if row else None

    async def add(self, invitation: Invitation) -> None:
        registration = invitation.registration
        await self._session.execute(
            """INSERT INTO invitations (id, clinic_id, version, state, name, email, locale, roles, council,
                   council_number, council_uf, code_hash, totp_sealed, invited_by, sent_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)""",
            invitation.id,
            invitation.clinic_id,
            invitation.version,
            invitation.state,
            invitation.name,
            invitation.email,
            invitation.locale,
            sorted(invitation.roles),
            registration.council if registration else None,
            registration.number if registration else None,
            registration.uf if registration else None,
            invitation.code_hash,
            self._vault.seal(invitation.totp_secret, purpose=_TOTP, owner=invitation.id),
            invitation.invited_by,
            invitation.sent_at,
            invitation.expires_at,
        )

    async def save(self, invitation: Invitation) -> None:
        await self._session.execute(
            """UPDATE invitations SET version = $2, state = $3, code_hash = $4, sent_at = $5, expires_at = $6,
                   account_id = $7
               WHERE id = $1""",
            invitation.id,
            invitation.version,
            invitation.state,
            invitation.code_hash,
            invitation.sent_at,
            invitation.expires_at,
            invitation.account_id,
        )

"""Tickets in PostgreSQL; an authenticator's secret not yet confirmed rests encrypted."""

from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.ticket import Errand, Ticket
from services.shared.platform.postgres.database import Row, WriteSession

_SECRET = "totp-ticket"  # noqa: S105 - a purpose
_COLUMNS = (
    "token_hash, person_id, errand, created_at, expires_at, clinic_id, session_id, device, code_hash, "
    "code_sent_at, codes_sent, tries, challenge, secret_sealed, proved"
)


class PostgresTickets:
    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        self._session = session
        self._vault = vault

    async def get(self, token_hash: bytes) -> Ticket | None:
        row = await self._session.row("SELECT * FROM tickets WHERE token_hash = $1 FOR UPDATE", token_hash)
        return self._of(row) if row else None

    async def put(self, ticket: Ticket) -> None:
        owner = ticket.person_id
        await self._session.execute(
            f"""INSERT INTO tickets ({_COLUMNS})
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
               ON CONFLICT (token_hash) DO UPDATE SET code_hash = excluded.code_hash,
                   code_sent_at = excluded.code_sent_at, codes_sent = excluded.codes_sent,
                   tries = excluded.tries, challenge = excluded.challenge,
                   secret_sealed = excluded.secret_sealed, proved = excluded.proved""",  # noqa: S608 - columns
            ticket.token_hash,
            owner,
            ticket.errand,
            ticket.created_at,
            ticket.expires_at,
            ticket.clinic_id,
            ticket.session_id,
            ticket.device,
            ticket.code_hash,
            ticket.code_sent_at,
            ticket.codes_sent,
            ticket.tries,
            ticket.challenge,
            self._vault.seal(ticket.secret, purpose=_SECRET, owner=owner) if ticket.secret else None,
            ticket.proved,
        )

    async def remove(self, token_hash: bytes) -> bool:
        tag = await self._session.execute("DELETE FROM tickets WHERE token_hash = $1", token_hash)
        return tag.endswith(" 1")

    async def codes_sent(
        self, person_id: UUID, device: bytes | None, since: datetime
    ) -> tuple[int, datetime | None]:
        row = await self._session.row(
            """SELECT coalesce(sum(codes_sent), 0)::int AS sent, max(code_sent_at) AS last FROM tickets
               WHERE person_id = $1 AND device IS NOT DISTINCT FROM $2 AND code_sent_at > $3""",
            person_id,
            device,
            since,
        )
        assert row is not None
        return row["sent"], row["last"]

    def _of(self, row: Row) -> Ticket:
        sealed = row["secret_sealed"]
        return Ticket(
            token_hash=row["token_hash"],
            person_id=row["person_id"],
            errand=Errand(row["errand"]),
            created_at=row["created_at"],
            expires_at=row["expires_at"],
            clinic_id=row["clinic_id"],
            session_id=row["session_id"],
            device=row["device"],
            code_hash=row["code_hash"],
            code_sent_at=row["code_sent_at"],
            codes_sent=row["codes_sent"],
            tries=row["tries"],
            challenge=row["challenge"],
            secret=self._vault.open(sealed, purpose=_SECRET, owner=row["person_id"]) if sealed else None,
            proved=row["proved"],
        )

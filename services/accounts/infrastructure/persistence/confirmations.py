"""What people have yet to confirm, in PostgreSQL: facts sealed, codes as keyed hashes."""

from uuid import UUID

import orjson

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.confirmation import Confirmation, Purpose
from services.shared.platform.postgres.database import ReadSession, WriteSession

_FACTS = "confirmation"


class PostgresConfirmationReader:
    lock = ""

    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def get(self, person_id: UUID, purpose: Purpose) -> Confirmation | None:
        row = await self._reading.row(
            f"SELECT * FROM confirmations WHERE person_id = $1 AND purpose = $2 {self.lock}",  # noqa: S608
            person_id,
            purpose,
        )
        if row is None:
            return None
        facts = self._vault.open(row["facts_sealed"], purpose=f"{_FACTS}/{purpose}", owner=person_id)
        return Confirmation(
            person_id=person_id,
            purpose=purpose,
            facts=orjson.loads(facts),
            code_hashes=tuple(row["code_hashes"]),
            issued_at=row["issued_at"],
            expires_at=row["expires_at"],
            tries=row["tries"],
        )


class PostgresConfirmations(PostgresConfirmationReader):
    lock = "FOR UPDATE"

    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        super().__init__(session, vault)
        self._session = session

    async def put(self, confirmation: Confirmation) -> None:
        facts = orjson.dumps(dict(confirmation.facts)).decode()
        owner, purpose = confirmation.person_id, confirmation.purpose
        await self._session.execute(
            """INSERT INTO confirmations (person_id, purpose, facts_sealed, code_hashes, issued_at, expires_at, tries)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (person_id, purpose) DO UPDATE SET facts_sealed = excluded.facts_sealed,
                   code_hashes = excluded.code_hashes, issued_at = excluded.issued_at,
                   expires_at = excluded.expires_at, tries = excluded.tries""",
            owner,
            purpose,
            self._vault.seal(facts, purpose=f"{_FACTS}/{purpose}", owner=owner),
            list(confirmation.code_hashes),
            confirmation.issued_at,
            confirmation.expires_at,
            confirmation.tries,
        )

    async def remove(self, person_id: UUID, purpose: Purpose) -> None:
        await self._session.execute(
            "DELETE FROM confirmations WHERE person_id = $1 AND purpose = $2", person_id, purpose
        )

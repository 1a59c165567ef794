"""Credentials in PostgreSQL; the authenticator's secret rests encrypted."""

from uuid import UUID

from services.accounts.application.ports import Credentials, IdentifierVault
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_TOTP = "totp"
COLUMNS = """c.*, (SELECT count(*) FROM passkeys k WHERE k.person_id = c.person_id) AS passkeys,
    (SELECT count(*) FROM recovery_codes r WHERE r.person_id = c.person_id) AS recovery_codes_left"""


def credentials_of(row: Row, vault: IdentifierVault) -> Credentials:
    """`row` holds `COLUMNS` of credentials c."""
    person_id, sealed = row["person_id"], row["totp_sealed"]
    return Credentials(
        person_id=person_id,
        password_hash=row["password_hash"],
        totp_secret=vault.open(sealed, purpose=_TOTP, owner=person_id) if sealed else None,
        last_totp_step=row["last_totp_step"],
        by_contact=row["by_contact"],
        stands_alone=row["stands_alone"],
        passkeys=row["passkeys"],
        recovery_codes_left=row["recovery_codes_left"],
    )


class PostgresCredentialReader:
    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def get(self, person_id: UUID, *, lock: bool = False) -> Credentials | None:
        row = await self._reading.row(
            f"""SELECT {COLUMNS} FROM credentials c WHERE c.person_id = $1 {"FOR UPDATE OF c" if lock else ""}""",  # noqa: S608
            person_id,
        )
        return credentials_of(row, self._vault) if row else None


class PostgresCredentials(PostgresCredentialReader):
    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        super().__init__(session, vault)
        self._session = session

    async def save(self, credentials: Credentials) -> None:
        secret, owner = credentials.totp_secret, credentials.person_id
        await self._session.execute(
            """INSERT INTO credentials (person_id, password_hash, totp_sealed, last_totp_step, by_contact,
                                        stands_alone)
               VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash,
                   totp_sealed = excluded.totp_sealed, last_totp_step = excluded.last_totp_step,
                   by_contact = excluded.by_contact, stands_alone = excluded.stands_alone""",
            owner,
            credentials.password_hash,
            self._vault.seal(secret, purpose=_TOTP, owner=owner) if secret else None,
            credentials.last_totp_step,
            credentials.by_contact,
            credentials.stands_alone,
        )

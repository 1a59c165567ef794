"""Erases in PostgreSQL what a person is known by. The outer transaction is in the person's or the record's scope."""

from datetime import datetime
from uuid import UUID

from services.accounts.domain.erasure import ANONYMISED_NAME
from services.shared.platform.postgres.database import WriteSession

_SIGN_IN_TABLES = (
    "logins",
    "passkeys",
    "recovery_codes",
    "one_time_codes",
    "tickets",
    "confirmations",
    "known_devices",
)


class PostgresEraser:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def sign_in(self, person_id: UUID) -> None:
        for table in _SIGN_IN_TABLES:
            await self._session.execute(f"DELETE FROM {table} WHERE person_id = $1", person_id)  # noqa: S608
        await self._session.execute(
            """UPDATE credentials SET password_hash = NULL, totp_sealed = NULL, last_totp_step = NULL,
                   by_contact = false, stands_alone = true
               WHERE person_id = $1""",
            person_id,
        )
        await self._session.execute(
            "UPDATE sessions SET device_name = '', device_place = '', device_mark = NULL WHERE person_id = $1",
            person_id,
        )

    async def proxies(self, person_id: UUID, now: datetime) -> None:
        await self._session.execute(
            """UPDATE proxies SET person_name = $2, label = $2, ended_at = coalesce(ended_at, $3), version = version + 1
               WHERE person_id = $1""",
            person_id,
            ANONYMISED_NAME,
            now,
        )
        # What others called the person is theirs; a guardian's label is the guardian's own name.
        await self._session.value("SELECT give_back_proxies($1, $2)", ANONYMISED_NAME, now)

    async def identity(self, patient_id: UUID, now: datetime) -> None:
        """The year of birth and the sex stay: what is left of the record is grouped by them, and they name nobody."""
        await self._session.execute("DELETE FROM patient_keys WHERE patient_id = $1", patient_id)
        await self._session.execute(
            """UPDATE patient_records SET version = version + 1, name = $2, social_name = NULL, mother_name = NULL,
                   birth_date = make_date(extract(year FROM birth_date)::int, 1, 1), email = NULL, phone = NULL,
                   cpf_sealed = NULL, cpf_lookup = NULL, cns_sealed = NULL, cns_lookup = NULL,
                   private_sealed = NULL, erased_at = $3
               WHERE id = $1 AND erased_at IS NULL""",
            patient_id,
            ANONYMISED_NAME,
            now,
        )
        await self._session.execute("DELETE FROM patient_words WHERE patient_id = $1", patient_id)

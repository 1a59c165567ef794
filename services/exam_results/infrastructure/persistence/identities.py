"""Who patients are, erased in PostgreSQL: `to_erase` is noted at once, `erased_at` when nothing holds it up."""

from datetime import datetime
from uuid import UUID

from services.exam_results.domain.lifecycle import FINISHED
from services.shared.platform.postgres.database import WriteSession

ERASED_NAME = "(dados apagados)"
_NOTE = """
UPDATE accounts SET erased = true, name = '' WHERE account_id = $1 AND NOT erased
"""
_TO_ERASE = "UPDATE patients SET to_erase = true WHERE person_id = $1 AND NOT to_erase"
_ERASE_DUE = """
UPDATE patients p SET name = $1, social_name = NULL, mother_name = NULL, search = '',
    birth_date = make_date(extract(year FROM birth_date)::int, 1, 1), erased_at = $2
WHERE p.to_erase AND p.erased_at IS NULL AND NOT EXISTS (
    SELECT FROM exams e WHERE e.clinic_id = p.clinic_id AND e.patient_id = p.patient_id
      AND e.state <> ALL ($3::text[]))
"""


class PostgresIdentities:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def is_erased(self, person_id: UUID) -> bool:
        erased: bool = await self._session.value(
            "SELECT EXISTS (SELECT FROM accounts WHERE account_id = $1 AND erased)", person_id
        )
        return erased

    async def erase(self, person_id: UUID) -> bool:
        noted = await self._session.execute(_NOTE, person_id)
        marked = await self._session.execute(_TO_ERASE, person_id)
        return not (noted.endswith(" 0") and marked.endswith(" 0"))

    async def erase_due(self, now: datetime) -> int:
        finished = sorted(state.value for state in FINISHED)
        tag = await self._session.execute(_ERASE_DUE, ERASED_NAME, now, finished)
        return int(tag.rpartition(" ")[2])

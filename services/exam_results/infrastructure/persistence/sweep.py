"""What the worker looks for across clinics: ended embargoes, parked messages, unsigned reports. Ids and counts
only; the work itself is done in the clinic's own scope."""

from datetime import datetime
from uuid import UUID

from services.shared.platform.postgres.database import Database, Scope

_SWEEP = "SELECT set_config('app.service', 'sweep', true)"


class PostgresSweep:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
        """Return (clinic, exam) of signed results whose embargo has ended, the oldest first."""
        async with self._database.read(Scope()) as session:
            await session.value(_SWEEP)
            rows = await session.rows(
                """SELECT clinic_id, exam_id FROM exams WHERE opens_at IS NOT NULL AND opens_at <= $1
                   ORDER BY opens_at LIMIT $2""",
                now,
                limit,
            )
            return [(row["clinic_id"], row["exam_id"]) for row in rows]

    async def parked(self, limit: int) -> list[tuple[UUID, str]]:
        """Return (clinic, prerequisite) of messages that wait, the longest waiting first."""
        async with self._database.read(Scope()) as session:
            await session.value(_SWEEP)
            rows = await session.rows(
                """SELECT clinic_id, waits_for FROM parked GROUP BY clinic_id, waits_for
                   ORDER BY min(parked_at) LIMIT $1""",
                limit,
            )
            return [(row["clinic_id"], row["waits_for"]) for row in rows]

    async def to_erase(self, limit: int) -> list[UUID]:
        """Return the clinics in which somebody is to be erased as soon as no exam of theirs is under way."""
        async with self._database.read(Scope()) as session:
            await session.value(_SWEEP)
            rows = await session.rows(
                "SELECT DISTINCT clinic_id FROM patients WHERE to_erase AND erased_at IS NULL LIMIT $1", limit
            )
            return [row["clinic_id"] for row in rows]

    async def unsigned(self, now: datetime, limit: int) -> tuple[int, float]:
        """Return how many released reports wait for their signature (at most `limit`), and the oldest's wait in s."""
        async with self._database.read(Scope()) as session:
            await session.value(_SWEEP)
            row = await session.row(
                """SELECT count(*) AS waiting, min(released_at) AS since FROM (
                       SELECT released_at FROM exams
                       WHERE signed_file_id IS NULL AND state IN ('released', 'amended', 'corrected', 'appended')
                       ORDER BY released_at LIMIT $1) AS oldest""",
                limit,
            )
            assert row is not None
            since = row["since"]
            return row["waiting"], (now - since).total_seconds() if since else 0.0

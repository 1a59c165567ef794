"""Patient records in PostgreSQL: what identifies or reaches the patient rests encrypted under the record's own key;
CPF and CNS are found by a keyed hash.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import orjson

from services.accounts.application.patient_ports import DuplicateKey, PatientSearch
from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.contact import Phone
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_CPF, _CNS, _PRIVATE = "cpf", "cns", "private"
_SELECT = (
    "SELECT r.*, k.wrapped AS own_key FROM patient_records r LEFT JOIN patient_keys k ON k.patient_id = r.id"
)
_ADD_KEY = "INSERT INTO patient_keys (patient_id, clinic_id, person_id, wrapped) VALUES ($1, $2, $3, $4)"
_MOST_WORDS = 6
_MOST_ALIKE = 5
_AFTER_ANY_WORD = "\U0010ffff"


class PostgresPatientReader:
    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def get(self, patient_id: UUID, *, lock: bool = False) -> PatientRecord | None:
        row = await self._reading.row(
            f"{_SELECT} WHERE r.id = $1 {'FOR UPDATE OF r' if lock else ''}", patient_id
        )
        return self._record(row) if row else None

    async def id_with_cpf(self, clinic_id: UUID, cpf: str) -> UUID | None:
        found: UUID | None = await self._reading.value(
            "SELECT id FROM patient_records WHERE clinic_id = $1 AND cpf_lookup = $2",
            clinic_id,
            self._vault.lookup(cpf, purpose=_CPF),
        )
        return found

    async def of_person(self, person_id: UUID) -> Sequence[PatientRecord]:
        rows = await self._reading.rows(
            f"{_SELECT} WHERE r.person_id = $1 ORDER BY r.created_at, r.id", person_id
        )
        return [self._record(row) for row in rows]

    async def alike(self, clinic_id: UUID, name: str, birth_date: date) -> Sequence[PatientRecord]:
        rows = await self._reading.rows(
            f"""{_SELECT} WHERE r.clinic_id = $1 AND r.sort_name = search_text($2) AND r.birth_date = $3
                AND r.merged_into IS NULL AND r.erased_at IS NULL ORDER BY r.id LIMIT $4""",
            clinic_id,
            name,
            birth_date,
            _MOST_ALIKE,
        )
        return [self._record(row) for row in rows]

    async def these(self, patient_ids: Sequence[UUID]) -> Sequence[PatientRecord]:
        rows = await self._reading.rows(f"{_SELECT} WHERE r.id = ANY($1) ORDER BY r.id", list(patient_ids))
        return [self._record(row) for row in rows]

    async def duplicate_key(self, patient_id: UUID) -> DuplicateKey | None:
        row = await self._reading.row(
            "SELECT sort_name, birth_date FROM patient_records WHERE id = $1", patient_id
        )
        return DuplicateKey(**row) if row else None

    async def merged_into(self, patient_id: UUID) -> Sequence[UUID]:
        rows = await self._reading.rows(
            "SELECT id FROM patient_records WHERE merged_into = $1 ORDER BY id", patient_id
        )
        return [row["id"] for row in rows]

    async def duplicates(
        self, clinic_id: UUID, *, after: DuplicateKey | None, limit: int
    ) -> Sequence[Sequence[PatientRecord]]:
        rows = await self._reading.rows(
            f"""{_SELECT} JOIN (
                    SELECT sort_name, birth_date FROM patient_records
                    WHERE clinic_id = $1 AND merged_into IS NULL AND erased_at IS NULL
                      AND ($2::text IS NULL OR (sort_name, birth_date) > ($2, $3::date))
                    GROUP BY sort_name, birth_date HAVING count(*) > 1
                    ORDER BY sort_name, birth_date LIMIT $4) AS g USING (sort_name, birth_date)
                WHERE r.clinic_id = $1 AND r.merged_into IS NULL AND r.erased_at IS NULL
                ORDER BY sort_name, birth_date, r.id""",  # noqa: S608
            clinic_id,
            after.sort_name if after else None,
            after.birth_date if after else None,
            limit,
        )
        groups: dict[DuplicateKey, list[PatientRecord]] = {}
        for row in rows:
            key = DuplicateKey(row["sort_name"], row["birth_date"])
            groups.setdefault(key, []).append(self._record(row))
        return list(groups.values())

    async def search(self, clinic_id: UUID, search: PatientSearch) -> Sequence[PatientRecord]:
        conditions, args = ["r.clinic_id = $1", "r.erased_at IS NULL"], [clinic_id, search.limit]

        def condition(sql: str, *values: object) -> None:
            """Add a condition whose `{}` stand for its values."""
            places = [f"${len(args) + place}" for place in range(1, len(values) + 1)]
            conditions.append(sql.format(*places))
            args.extend(values)

        if search.cpf is not None:
            condition("r.cpf_lookup = {}", self._vault.lookup(search.cpf, purpose=_CPF))
        if search.record_number is None:
            conditions.append("r.merged_into IS NULL")
        else:  # the number on an old label leads to the record that stands for it
            condition(
                """r.id = (SELECT coalesce(n.merged_into, n.id) FROM patient_records n
                    WHERE n.clinic_id = $1 AND n.record_number = {})""",
                search.record_number,
            )
        if search.name is not None:
            words = await self._reading.value("SELECT search_words($1)", search.name)
            if not words:
                return []
            for word in words[:_MOST_WORDS]:
                condition(
                    """r.id IN (SELECT w.patient_id FROM patient_words w
                        WHERE w.clinic_id = $1 AND w.word >= {} AND w.word < {})""",
                    word,
                    word + _AFTER_ANY_WORD,
                )
        if search.after is not None:
            condition(
                "(r.sort_name, r.id) > (SELECT p.sort_name, p.id FROM patient_records p WHERE p.id = {})",
                search.after,
            )
        rows = await self._reading.rows(
            f"""{_SELECT} WHERE {" AND ".join(conditions)}
                ORDER BY r.sort_name, r.id LIMIT $2""",
            *args,
        )
        return [self._record(row) for row in rows]

    def _record(self, row: Row) -> PatientRecord:
        private = self._private(row)
        return PatientRecord(
            id=row["id"],
            clinic_id=row["clinic_id"],
            person_id=row["person_id"],
            version=row["version"],
            record_number=row["record_number"],
            name=row["name"],
            social_name=row["social_name"],
            birth_date=row["birth_date"],
            sex=Sex(row["sex"]),
            mother_name=private["mother_name"],
            cpf=self._opened(row, "cpf_sealed", _CPF),
            cns=self._opened(row, "cns_sealed", _CNS),
            email=private["email"],
            phone=Phone(private["phone"]) if private["phone"] else None,
            merged_into=row["merged_into"],
            erased=row["erased_at"] is not None,
        )

    def _private(self, row: Row) -> Mapping[str, str | None]:
        if row["private_sealed"] is None:  # a record of before, or one whose key is gone
            return row
        opened = self._opened(row, "private_sealed", _PRIVATE)
        return dict(orjson.loads(opened)) if opened else row

    def _opened(self, row: Row, column: str, purpose: str) -> str | None:
        """None also where the record's key was deleted: what it sealed is gone for good."""
        sealed, key = row[column], row["own_key"]
        if sealed is None or (key is None and self._vault.needs_own_key(sealed)):
            return None
        return self._vault.open(sealed, purpose=purpose, owner=row["id"], key=key)


class PostgresPatients(PostgresPatientReader):
    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        super().__init__(session, vault)
        self._session = session

    async def lock_cpf(self, cpf: str) -> None:
        lookup = self._vault.lookup(cpf, purpose="cpf-lock")
        await self._session.execute(
            "SELECT pg_advisory_xact_lock($1)", int.from_bytes(lookup[:8], "big", signed=True)
        )

    async def next_ordinal(self, clinic_id: UUID) -> int:
        ordinal: int = await self._session.value(
            """INSERT INTO record_counters AS counter (clinic_id, last) VALUES ($1, 1)
               ON CONFLICT (clinic_id) DO UPDATE SET last = counter.last + 1 RETURNING last""",
            clinic_id,
        )
        return ordinal

    async def reserve_ordinal(self, clinic_id: UUID, ordinal: int) -> None:
        await self._session.execute(
            """INSERT INTO record_counters AS counter (clinic_id, last) VALUES ($1, $2)
               ON CONFLICT (clinic_id) DO UPDATE SET last = greatest(counter.last, excluded.last)""",
            clinic_id,
            ordinal,
        )

    async def add(self, record: PatientRecord) -> None:
        key = self._vault.new_key(record.id)
        await self._session.execute(
            """INSERT INTO patient_records (id, clinic_id, person_id, version, record_number, name, social_name,
                   birth_date, sex, cpf_sealed, cpf_lookup, cns_sealed, cns_lookup, private_sealed)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            record.id,
            record.clinic_id,
            record.person_id,
            record.version,
            record.record_number,
            record.name,
            record.social_name,
            record.birth_date,
            record.sex,
            *self._sealed(record.cpf, _CPF, record.id, key),
            *self._sealed(record.cns, _CNS, record.id, key),
            self._private_sealed(record, key),
        )
        await self._session.execute(_ADD_KEY, record.id, record.clinic_id, record.person_id, key)

    async def save(self, record: PatientRecord) -> None:
        """Save what may change: version, demographics, contact, and which record stands for this one."""
        key = await self._session.value("SELECT wrapped FROM patient_keys WHERE patient_id = $1", record.id)
        if key is None:  # a record of before keys of its own: it gets one with this change
            key = self._vault.new_key(record.id)
            await self._session.execute(_ADD_KEY, record.id, record.clinic_id, record.person_id, key)
        await self._session.execute(
            """UPDATE patient_records SET version = $2, merged_into = $3, private_sealed = $4, mother_name = NULL,
                   email = NULL, phone = NULL, name = $5, social_name = $6, birth_date = $7, sex = $8
               WHERE id = $1""",
            record.id,
            record.version,
            record.merged_into,
            self._private_sealed(record, key),
            record.name,
            record.social_name,
            record.birth_date,
            record.sex,
        )

    def _private_sealed(self, record: PatientRecord, key: bytes) -> bytes:
        private = {
            "mother_name": record.mother_name,
            "email": record.email,
            "phone": record.phone.e164 if record.phone else None,
        }
        return self._vault.seal(orjson.dumps(private).decode(), purpose=_PRIVATE, owner=record.id, key=key)

    def _sealed(
        self, value: str | None, purpose: str, owner: UUID, key: bytes
    ) -> tuple[bytes | None, bytes | None]:
        if value is None:
            return None, None
        sealed = self._vault.seal(value, purpose=purpose, owner=owner, key=key)
        return sealed, self._vault.lookup(value, purpose=purpose)

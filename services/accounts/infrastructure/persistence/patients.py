"""Patient records in PostgreSQL: CPF and CNS rest encrypted, and are found by a keyed hash."""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.application.ports import IdentifierVault, PatientSearch
from services.accounts.domain.contact import Phone
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession

_CPF, _CNS = "cpf", "cns"
_MOST_WORDS = 6
_AFTER_ANY_WORD = "\U0010ffff"


class PostgresPatientReader:
    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def get(self, patient_id: UUID) -> PatientRecord | None:
        row = await self._reading.row("SELECT * FROM patient_records WHERE id = $1", patient_id)
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
            "SELECT * FROM patient_records WHERE person_id = $1 ORDER BY created_at, id", person_id
        )
        return [self._record(row) for row in rows]

    async def search(self, clinic_id: UUID, search: PatientSearch) -> Sequence[PatientRecord]:
        conditions, args = ["r.clinic_id = $1"], [clinic_id, search.limit]

        def condition(sql: str, *values: object) -> None:
            """Add a condition whose `{}` stand for its values."""
            places = [f"${len(args) + place}" for place in range(1, len(values) + 1)]
            conditions.append(sql.format(*places))
            args.extend(values)

        if search.cpf is not None:
            condition("r.cpf_lookup = {}", self._vault.lookup(search.cpf, purpose=_CPF))
        if search.record_number is not None:
            condition("r.record_number = {}", search.record_number)
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
            f"""SELECT r.* FROM patient_records r WHERE {" AND ".join(conditions)}
                ORDER BY r.sort_name, r.id LIMIT $2""",  # noqa: S608  conditions are the literals above
            *args,
        )
        return [self._record(row) for row in rows]

    def _record(self, row: Row) -> PatientRecord:
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
            mother_name=row["mother_name"],
            cpf=self._opened(row["cpf_sealed"], _CPF, row["id"]),
            cns=self._opened(row["cns_sealed"], _CNS, row["id"]),
            email=row["email"],
            phone=Phone(row["phone"]) if row["phone"] else None,
        )

    def _opened(self, sealed: bytes | None, purpose: str, owner: UUID) -> str | None:
        return self._vault.open(sealed, purpose=purpose, owner=owner) if sealed else None


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
        await self._session.execute(
            """INSERT INTO patient_records (id, clinic_id, person_id, version, record_number, name, social_name,
                   birth_date, sex, mother_name, cpf_sealed, cpf_lookup, cns_sealed, cns_lookup, email, phone)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)""",
            record.id,
            record.clinic_id,
            record.person_id,
            record.version,
            record.record_number,
            record.name,
            record.social_name,
            record.birth_date,
            record.sex,
            record.mother_name,
            *self._sealed(record.cpf, _CPF, record.id),
            *self._sealed(record.cns, _CNS, record.id),
            record.email,
            record.phone.e164 if record.phone else None,
        )

    def _sealed(self, value: str | None, purpose: str, owner: UUID) -> tuple[bytes | None, bytes | None]:
        if value is None:
            return None, None
        sealed = self._vault.seal(value, purpose=purpose, owner=owner)
        return sealed, self._vault.lookup(value, purpose=purpose)

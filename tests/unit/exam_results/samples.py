"""Two clinics, their people, and an exam walked along its life: shared by unit, contract and integration tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import orjson

from services.exam_results.application.caller import Caller
from services.exam_results.application.commands.collect_specimen import Collection
from services.exam_results.application.commands.record_report_file import RecordReportFile
from services.exam_results.application.commands.register_exam import ExamOrder
from services.exam_results.application.ports import Account, ExamFile, ExamWork, Transactions
from services.exam_results.application.queries.list_exams import ExamPage
from services.exam_results.domain.entry import TypedValue
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.people import (
    Laboratory,
    Patient,
    Professional,
    Sex,
    TechnicalResponsible,
)
from services.exam_results.infrastructure.reference_data.catalogue_file import shipped_catalogue
from services.exam_results.infrastructure.reference_data.lifecycle_file import shipped_lifecycle
from services.exam_results.interface.http.desk import Desk, build_desk
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CATALOGUE = shipped_catalogue()
LIFECYCLE = shipped_lifecycle()
BLOOD_COUNT = {
    "RBC": "4,52", "HGB": "13,50", "HCT": "41,2", "MCV": "91,1", "MCH": "29,8", "MCHC": "32,7", "RDW": "13,1",
    "WBC": "6,80", "NEUT": "3,90", "NEUTP": "57,4", "LYM": "2,10", "LYMP": "30,9", "MONO": "0,50", "EOS": "0,20",
    "BASO": "0,05", "PLT": "251", "MPV": "9,8",
}  # fmt: skip


@dataclass
class Clinic:
    id: UUID = field(default_factory=new_id)
    doctor_id: UUID = field(default_factory=new_id)
    releaser_id: UUID = field(default_factory=new_id)
    technician_id: UUID = field(default_factory=new_id)
    receptionist_id: UUID = field(default_factory=new_id)
    patient_id: UUID = field(default_factory=new_id)
    person_id: UUID = field(default_factory=new_id)

    @property
    def doctor(self) -> Caller:
        return self._staff(self.doctor_id, Role.DOCTOR)

    @property
    def technician(self) -> Caller:
        return self._staff(self.technician_id, Role.TECHNICIAN)

    @property
    def receptionist(self) -> Caller:
        return self._staff(self.receptionist_id, Role.RECEPTIONIST)

    @property
    def releaser(self) -> Caller:
        return self._staff(self.releaser_id, Role.RELEASER, step_up_at=NOW)

    @property
    def patient(self) -> Caller:
        return Caller(Principal(self.person_id, frozenset({Role.PATIENT})), "203.0.113.9", "trace")

    def _staff(self, account_id: UUID, *roles: Role, step_up_at: datetime | None = None) -> Caller:
        principal = Principal(account_id, frozenset(roles), self.id, step_up_at=step_up_at)
        return Caller(principal, "203.0.113.7", "trace")

    def patient_record(self, **changes: Any) -> Patient:
        known: dict[str, Any] = {
            "id": self.patient_id,
            "clinic_id": self.id,
            "person_id": self.person_id,
            "record_number": "000123",
            "name": "Maria José da Conceição Demonstração",
            "social_name": None,
            "sex": Sex.FEMALE,
            "birth_date": date(1988, 5, 17),
            "mother_name": "Ana Demonstração",
        }
        return Patient(**{**known, **changes})

    def professional(self, account_id: UUID, name: str, role: Role, **changes: Any) -> Professional:
        known: dict[str, Any] = {
            "id": account_id,
            "clinic_id": self.id,
            "name": name,
            "council": "CRM",
            "number": "90001",
            "uf": "SP",
            "verified": True,
            "roles": frozenset({role.value}),
        }
        return Professional(**{**known, **changes})

    @property
    def laboratory(self) -> Laboratory:
        return Laboratory(
            clinic_id=self.id,
            name="Laboratório Demonstração",
            address="Rua da Demonstração, 100",
            phone="+551130000100",
            cnes="0000001",
            council_registration="CRBM-1 90001 PJ",
            technical_responsible=TechnicalResponsible("Dr. Caio Demonstração", "CRBM", "90002", "SP"),
        )


def stepped_up(caller: Caller, clock: FixedClock) -> Caller:
    """The same caller, who has just proved a second factor again."""
    return replace(caller, principal=replace(caller.principal, step_up_at=clock.now()))


class Seeding(Protocol):
    """How a test puts people in place, in memory or in PostgreSQL."""

    async def __call__(self, clinic: Clinic) -> None: ...


async def put_people(work: ExamWork, clinic: Clinic) -> None:
    people = work.people
    await people.put_patient(clinic.patient_record(), 1)
    await people.put_professional(
        clinic.professional(clinic.doctor_id, "Dra. Beatriz Demonstração", Role.DOCTOR), 1
    )
    await people.put_professional(
        clinic.professional(clinic.releaser_id, "Dr. Caio Demonstração", Role.RELEASER), 1
    )
    for account_id, name in (
        (clinic.doctor_id, "Dra. Beatriz Demonstração"),
        (clinic.technician_id, "Téc. Daniela Demonstração"),
        (clinic.releaser_id, "Dr. Caio Demonstração"),
        (clinic.receptionist_id, "Rita Demonstração"),
    ):
        await people.put_account(Account(account_id, clinic.id, name, "staff", frozenset()), 1)


def typed(values: dict[str, str], code: str = "HEMO") -> list[TypedValue]:
    definition = CATALOGUE.find(code)
    assert definition
    units = {component.code: component.unit for component in definition.components}
    return [TypedValue(item, value, units.get(item)) for item, value in values.items()]


@dataclass
class Job:
    """Walks exams through the use cases over any kind of transactions."""

    transactions: Transactions
    clock: FixedClock

    @property
    def desk(self) -> Desk:
        return build_desk(self.transactions, CATALOGUE, LIFECYCLE, self.clock)

    async def register(self, clinic: Clinic, code: str = "HEMO", **order: Any) -> Exam:
        made: list[Exam] = []

        async def run(work: ExamWork) -> dict[str, Any]:
            made.append(
                await self.desk.register.run(
                    work, clinic.doctor, ExamOrder(patient_id=clinic.patient_id, code=code, **order)
                )
            )
            return {"id": str(made[0].facts.id)}

        await self.transactions.create_once(
            clinic.doctor.principal, key=str(new_id()), route="test", request=b"", run=run
        )
        return made[0]

    async def collect(self, clinic: Clinic, exam_id: UUID, barcode: str = "") -> Exam:
        collection = Collection(barcode or f"T{exam_id.hex[-10:]}", self.clock.now(), ("name", "birth_date"))
        async with self.transactions.change(clinic.technician.principal, exam_id) as work:
            return await self.desk.collect.run(work, clinic.technician, exam_id, collection)

    async def start(self, clinic: Clinic, exam_id: UUID) -> Exam:
        async with self.transactions.change(clinic.technician.principal, exam_id) as work:
            return await self.desk.start_analysis.run(work, clinic.technician, exam_id)

    async def enter(self, clinic: Clinic, exam_id: UUID, version: int, values: Sequence[TypedValue]) -> Exam:
        async with self.transactions.change(clinic.technician.principal, exam_id) as work:
            entered = await self.desk.enter_results.run(work, clinic.technician, exam_id, version, values)
            return entered.exam

    async def complete(
        self, clinic: Clinic, exam_id: UUID, version: int, repeated: frozenset[str] | None = frozenset()
    ) -> Exam:
        async with self.transactions.change(clinic.technician.principal, exam_id) as work:
            return await self.desk.complete.run(work, clinic.technician, exam_id, version, repeated)

    async def send_back(self, clinic: Clinic, exam_id: UUID, reason: str = "conferir RBC") -> Exam:
        async with self.transactions.change(clinic.releaser.principal, exam_id) as work:
            return await self.desk.send_back.run(work, clinic.releaser, exam_id, reason)

    async def release(self, clinic: Clinic, exam_id: UUID, version: int) -> Exam:
        async with self.transactions.change(clinic.releaser.principal, exam_id) as work:
            return await self.desk.release.run(work, clinic.releaser, exam_id, version)

    async def sign(self, clinic: Clinic, exam_id: UUID, report_version: int = 1) -> UUID:
        file = signed_file(clinic, exam_id, self.clock.now(), report_version)
        async with self.transactions.change(clinic.technician.principal, exam_id) as work:
            await RecordReportFile(self.clock).run(work, file, 2)
        return file.id

    async def completed(
        self, clinic: Clinic, code: str = "HEMO", values: dict[str, str] | None = None, **order: Any
    ) -> Exam:
        exam = await self.register(clinic, code, **order)
        exam_id = exam.facts.id
        self.clock.advance(timedelta(seconds=1))
        await self.collect(clinic, exam_id)
        await self.start(clinic, exam_id)
        exam = await self.enter(clinic, exam_id, 3, typed(values or BLOOD_COUNT, code))
        return await self.complete(clinic, exam_id, exam.version, None)

    async def released(
        self, clinic: Clinic, code: str = "HEMO", values: dict[str, str] | None = None
    ) -> Exam:
        exam = await self.completed(clinic, code, values)
        return await self.release(clinic, exam.facts.id, exam.version)

    async def opened(self, clinic: Clinic, code: str = "HEMO", values: dict[str, str] | None = None) -> Exam:
        exam = await self.released(clinic, code, values)
        await self.sign(clinic, exam.facts.id)
        return exam

    async def read(self, caller: Caller, exam_id: UUID) -> dict[str, Any]:
        async with self.transactions.read(caller.principal) as reads:
            found: dict[str, Any] = orjson.loads(await self.desk.read.run(reads, caller, exam_id))
            return found


def items_of(page: ExamPage) -> list[dict[str, Any]]:
    return [orjson.loads(item) for item in page.items]


def signed_file(clinic: Clinic, exam_id: UUID, at: datetime, report_version: int = 1) -> ExamFile:
    return ExamFile(
        id=new_id(),
        exam_id=exam_id,
        clinic_id=clinic.id,
        kind="signed_report",
        report_version=report_version,
        sha256="ab" * 32,
        processed_at=at,
        ready=True,
    )

"""Two clinics full of people, exams and relations on real PostgreSQL and DynamoDB, and what the oracle knows of them.

Every patient's name is a mark of its own: wherever it turns up in an answer, that patient's data was read.
"""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.exam_results.application.commands.open_result import OpenResult
from services.exam_results.application.ports import RecordedRelation
from services.exam_results.domain.exam import EMBARGO
from services.exam_results.infrastructure.persistence.people import PostgresPeople
from services.file_management.domain.exam_folder import ExamFolder, ExamRef
from services.file_management.domain.report_file import Kind as FileKind
from services.file_management.domain.report_file import file_id
from services.file_management.infrastructure.dynamodb.folders import DynamoFolders
from services.shared.kernel.access import Facts
from services.shared.kernel.clock import FixedClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.kernel.relations import Kind, Relation, Sees
from services.shared.platform.postgres.database import Scope
from tests.integration.exam_results.database import Installation
from tests.unit.access.oracle import expected
from tests.unit.exam_results.samples import NOW, Clinic, Job

CLOCK = NOW + EMBARGO + timedelta(days=1)
BIRTHS = (date(2016, 5, 1), date(2012, 5, 1), date(2009, 5, 1), date(2008, 5, 1), date(1980, 5, 1))
STATES = ("registered", "completed", "signed", "opened", "opened sensitive", "embargoed")


@dataclass(frozen=True)
class Known:
    """An exam as the test knows it."""

    facts: Facts
    patient_id: UUID
    mark: str
    state: str

    @property
    def signed_file(self) -> UUID:
        return file_id(self.facts.exam_id, 1, FileKind.SIGNED_REPORT)

    @property
    def draft_file(self) -> UUID:
        return file_id(self.facts.exam_id, 1, FileKind.DRAFT_REPORT)


@dataclass
class World:
    exams: list[Known] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    callers: list[Principal] = field(default_factory=list)
    marks: dict[str, UUID] = field(default_factory=dict)  # mark -> person
    by_reader: dict[UUID, list[Relation]] = field(default_factory=dict)
    found: dict[Principal, list[Known]] = field(default_factory=dict)

    def relations_of(self, caller: Principal) -> list[Relation]:
        return self.by_reader.get(caller.account_id, [])

    def found_by(self, caller: Principal) -> list[Known]:
        """The exams that the oracle lets a caller find; worked out once."""
        if caller not in self.found:
            relations = self.relations_of(caller)
            self.found[caller] = [
                exam for exam in self.exams if expected(caller, exam.facts, relations, CLOCK).find
            ]
        return self.found[caller]


async def build_world(installation: Installation, folders: DynamoFolders, chance: random.Random) -> World:
    world = World()
    clinics = [[Clinic(), Clinic()], [Clinic(), Clinic()]]
    everywhere = new_id()  # a person with a record in both clinics
    patients = []
    for first, second in clinics:
        second.id = first.id
        for each, person_id in ((first, None), (second, None), (second, everywhere)):
            patients.append(replace(each, patient_id=new_id(), person_id=person_id or new_id()))
    births = chance.sample((*BIRTHS, BIRTHS[-1]), len(patients))  # of every age there is one
    await asyncio.gather(
        *(
            _add_patient(world, installation, folders, each, born)
            for each, born in zip(patients, births, strict=True)
        )
    )
    staff = [clinic for pair in clinics for clinic in pair]
    world.callers = list(_callers(world, staff))
    world.relations = list(_relations(world, chance))
    for relation in world.relations:
        world.by_reader.setdefault(relation.reader_id, []).append(relation)
        async with installation.transactions.in_clinic(relation.clinic_id) as work:
            reason = "motivo" if relation.kind is Kind.EMERGENCY else None
            await work.relations.add(
                RecordedRelation(relation=relation, made_by=relation.person_id, reason=reason)
            )
    return world


async def _add_patient(
    world: World, installation: Installation, folders: DynamoFolders, patient: Clinic, born: date
) -> None:
    await installation.clinic(patient)
    mark = f"Marca{new_id().hex}"
    world.marks[mark] = patient.person_id
    record = patient.patient_record(name=mark, birth_date=born)
    async with installation.database.write(Scope(clinic_id=patient.id)) as session:
        await PostgresPeople(session).put_patient(record, 2)
    clock = FixedClock(NOW)
    job = Job(installation.transactions, clock)
    for state in STATES:
        facts, protocol = await _add_exam(job, patient, state, clock)
        known = Known(replace(facts, birth_date=born), patient.patient_id, mark, state)
        world.exams.append(known)
        if facts.signed:
            await _add_files(folders, known, protocol)


async def _add_exam(job: Job, patient: Clinic, state: str, clock: FixedClock) -> tuple[Facts, str]:
    clock.at = NOW
    code, values = ("HIV", {"HIV": "NR"}) if state in {"opened sensitive", "embargoed"} else ("HEMO", None)
    made: dict[str, Any] = {"registered": job.register, "completed": job.completed, "signed": job.released}
    exam = await made.get(state, job.opened)(patient, code, *([values] if values else []))
    exam_id = exam.facts.id
    if state == "opened sensitive":
        clock.at = CLOCK
        async with job.transactions.change(patient.technician.principal, exam_id) as work:
            await OpenResult(clock).run(work, exam_id)
    facts = Facts(
        exam_id=exam_id,
        clinic_id=patient.id,
        person_id=patient.person_id,
        requester_id=patient.doctor_id,
        sensitive=code == "HIV",
        signed=state in {"opened", "opened sensitive", "embargoed"},
        opened=state in {"opened", "opened sensitive"},
        today=CLOCK.date(),
    )
    return facts, exam.facts.protocol


async def _add_files(folders: DynamoFolders, exam: Known, protocol: str) -> None:
    facts = exam.facts
    ref = ExamRef(
        facts.clinic_id, facts.exam_id, exam.patient_id, facts.person_id, facts.requester_id, protocol, 9
    )
    folder = ExamFolder(ref)
    for kind in FileKind:
        folder.add_report(
            kind, 1, exam_version=9, sha256="ab" * 32, size_bytes=9, now=NOW, sensitive=facts.sensitive
        )
    if facts.opened:
        folder.open_report(1)
    folder.events.clear()  # nobody listens here
    await folders.save(folder, None)


def _callers(world: World, staff: list[Clinic]) -> Iterator[Principal]:
    """Everybody in every role, fresh from a second factor or not; strangers too, and staff with two roles."""
    people = {exam.facts.person_id for exam in world.exams} | {new_id(), new_id()}
    for person in people:
        yield from _twice(Principal(person, frozenset({Role.PATIENT})))
    for clinic in staff:
        for caller in (clinic.doctor, clinic.technician, clinic.receptionist, clinic.releaser):
            yield from _twice(replace(caller.principal, step_up_at=None))
        for role in (Role.DOCTOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTEGRATION):
            yield from _twice(Principal(new_id(), frozenset({role}), clinic.id))
        both = frozenset({Role.DOCTOR, Role.RECEPTIONIST})
        yield Principal(clinic.doctor_id, both, clinic.id)
        elsewhere = next(other.id for other in staff if other.id != clinic.id)
        yield replace(clinic.doctor.principal, clinic_id=elsewhere)
    yield Principal(new_id(), frozenset({Role.SERVICE}), scopes=frozenset({"identifiers:read"}))
    yield Principal(new_id(), frozenset({Role.PATIENT, Role.DOCTOR}))


def _twice(caller: Principal) -> Iterator[Principal]:
    yield caller
    yield replace(caller, step_up_at=CLOCK)


def _relations(world: World, chance: random.Random) -> Iterator[Relation]:
    """Every kind between random people: lasting, expired, ended and not yet begun."""
    readers = [caller for caller in world.callers if caller.has(Role.PATIENT, Role.DOCTOR)]
    yield from _certain(world, readers)
    for kind in (*Kind, *Kind):
        for _ in range(30):
            exam, reader = chance.choice(world.exams), chance.choice(readers)
            if reader.account_id == exam.facts.person_id:
                continue
            starts, until, ended = chance.choice(_TIMES)
            yield Relation(
                id=new_id(),
                kind=kind,
                clinic_id=exam.facts.clinic_id,
                person_id=exam.facts.person_id,
                reader_id=reader.account_id,
                exam_id=exam.facts.exam_id if kind is Kind.SHARED and chance.random() < 0.5 else None,
                sees=chance.choice(list(Sees)) if kind is Kind.GRANTED else Sees.DOWNLOAD,
                starts_at=CLOCK + starts,
                until=None if kind is Kind.GUARDIAN and until > _DAY else CLOCK + until,
                ended_at=CLOCK - timedelta(hours=1) if ended else None,
            )


def _certain(world: World, readers: list[Principal]) -> Iterator[Relation]:
    """What an adult granted to a patient and holds: the rarest way, so that no chance leaves it out."""
    adult = next(exam for exam in world.exams if exam.facts.opened and exam.facts.birth_date == BIRTHS[-1])
    reader = next(
        each for each in readers if each.has(Role.PATIENT) and each.account_id != adult.facts.person_id
    )
    yield Relation(
        id=new_id(),
        kind=Kind.GRANTED,
        clinic_id=adult.facts.clinic_id,
        person_id=adult.facts.person_id,
        reader_id=reader.account_id,
        exam_id=None,
        sees=Sees.DOWNLOAD,
        starts_at=CLOCK - _HOUR,
        until=CLOCK + 2 * _DAY,
        ended_at=None,
    )


_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_TIMES: list[tuple[timedelta, timedelta, bool]] = [
    (-_HOUR, 2 * _DAY, False),
    (-_HOUR, 2 * _DAY, False),
    (-_HOUR, 2 * _DAY, True),
    (-_DAY, timedelta(0), False),
    (_HOUR, 2 * _DAY, False),
]

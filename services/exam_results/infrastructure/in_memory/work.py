"""The writing ports in memory, held to the same contract tests as PostgreSQL."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.exam_results.application.ports import (
    Account,
    ExamFile,
    ExamReads,
    ExamWork,
    OrderPeople,
    RecordedRelation,
)
from services.exam_results.domain import errors
from services.exam_results.domain.exam import Exam
from services.exam_results.domain.lifecycle import FINISHED
from services.exam_results.domain.people import Laboratory, Patient, Professional
from services.exam_results.domain.report import Snapshot
from services.exam_results.infrastructure.in_memory.care_relations import InMemoryCareRelations
from services.exam_results.infrastructure.in_memory.memory import Memory, put_newer
from services.exam_results.infrastructure.in_memory.reads import InMemoryExamReads
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.principal import Principal
from services.shared.platform.postgres.idempotency import KEY_REUSED


class InMemoryExamStore:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def load(self, exam_id: UUID) -> Exam | None:
        return self._memory.exam(exam_id)

    async def save(self, exam: Exam) -> None:
        stream = self._memory.streams.setdefault(exam.facts.id, [])
        if exam.recorded and exam.recorded[0].version != len(stream) + 1:
            raise errors.VERSION_CONFLICT.error()
        stream += [each.event for each in exam.recorded]
        self._memory.announced += exam.recorded
        exam.recorded.clear()

    async def of_patient_not_of(self, patient_id: UUID, person_id: UUID) -> Sequence[UUID]:
        exams = [exam for exam_id in self._memory.streams if (exam := self._memory.exam(exam_id))]
        return sorted(
            exam.facts.id
            for exam in exams
            if exam.facts.patient_id == patient_id and exam.facts.person_id != person_id
        )

    async def barcode_is_anothers(self, clinic_id: UUID, barcode: str, patient_id: UUID) -> bool:
        facts = [exam.facts for exam_id in self._memory.streams if (exam := self._memory.exam(exam_id))]
        return any(
            each.clinic_id == clinic_id and each.barcode == barcode and each.patient_id != patient_id
            for each in facts
        )


class InMemoryPeople:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def patient(self, patient_id: UUID) -> Patient | None:
        known = self._memory.patients.get(patient_id)
        return known[0] if known else None

    async def record_of_person(self, person_id: UUID, clinic_id: UUID) -> Patient | None:
        for patient, _ in self._memory.patients.values():
            if (patient.person_id, patient.clinic_id) == (person_id, clinic_id):
                return patient
        return None

    async def professional(self, account_id: UUID) -> Professional | None:
        known = self._memory.professionals.get(account_id)
        return known[0] if known else None

    async def doctors_registered(self, council: str, number: str, uf: str) -> Sequence[Professional]:
        return [
            each
            for each, _ in self._memory.professionals.values()
            if (each.council, each.number, each.uf) == (council, number, uf)
            and each.verified
            and "doctor" in each.roles
        ]

    async def laboratory(self, clinic_id: UUID) -> Laboratory | None:
        return self._memory.laboratories.get(clinic_id)

    async def is_closed(self, account_id: UUID) -> bool:
        return account_id in self._memory.closed

    async def for_order(self, caller_id: UUID, patient_id: UUID, requester_id: UUID) -> OrderPeople:
        patient = await self.patient(patient_id)
        if patient and patient.person_id in self._memory.to_erase:
            patient = None
        return OrderPeople(
            await self.is_closed(caller_id),
            patient,
            await self.professional(requester_id),
        )

    async def put_patient(self, patient: Patient, version: int) -> bool:
        if patient.id in self._memory.erased:
            return False
        return put_newer(self._memory.patients, patient.id, patient, version)

    async def put_professional(self, professional: Professional, version: int) -> bool:
        return put_newer(self._memory.professionals, professional.id, professional, version)

    async def put_account(self, account: Account, version: int) -> bool:
        if account.id in self._memory.closed:
            return False
        return put_newer(self._memory.accounts, account.id, account, version)

    async def close_account(self, account_id: UUID, clinic_id: UUID, version: int) -> bool:
        known = self._memory.accounts.get(account_id)
        if account_id in self._memory.closed or (known and known[1] >= version):
            return False
        self._memory.closed[account_id] = version
        return True


class InMemoryIdentities:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def is_erased(self, person_id: UUID) -> bool:
        return person_id in self._memory.to_erase

    async def erase(self, person_id: UUID) -> bool:
        if person_id in self._memory.to_erase:
            return False
        self._memory.to_erase.add(person_id)
        return True

    async def erase_due(self, now: datetime) -> int:
        under_way = {
            exam.facts.patient_id
            for exam_id in self._memory.streams
            if (exam := self._memory.exam(exam_id)) and exam.state not in FINISHED
        }
        due = [
            (patient, version)
            for patient, version in self._memory.patients.values()
            if patient.person_id in self._memory.to_erase
            and patient.id not in under_way | self._memory.erased
        ]
        for patient, version in due:
            nobody = replace(
                patient,
                name="(dados apagados)",
                social_name=None,
                mother_name=None,
                birth_date=date(patient.birth_date.year, 1, 1),
            )
            self._memory.patients[patient.id] = (nobody, version)
            self._memory.erased.add(patient.id)
        return len(due)


class InMemoryReports:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def keep(self, snapshot: Snapshot, exam: Exam) -> None:
        self._memory.reports.append((snapshot, exam.facts.clinic_id, exam.facts.patient_id))


class InMemoryExamFiles:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def put(self, file: ExamFile, version: int) -> bool:
        known = self._memory.files.get(file.id)
        if known and known[1] == version and file.ready and not known[0].ready:
            del self._memory.files[file.id]
        return put_newer(self._memory.files, file.id, file, version)


class InMemoryExamWork:
    def __init__(self, memory: Memory) -> None:
        self.exams = InMemoryExamStore(memory)
        self.people = InMemoryPeople(memory)
        self.reports = InMemoryReports(memory)
        self.files = InMemoryExamFiles(memory)
        self.relations = InMemoryCareRelations(memory)
        self.identities = InMemoryIdentities(memory)
        self.reads = InMemoryExamReads(memory)
        self._memory = memory

    async def tell_of_emergency(self, recorded: RecordedRelation) -> None:
        self._memory.told_of_emergency.append(recorded)

    async def audit(self, entry: AuditEntry) -> None:
        await self.reads.audit(entry)


class InMemoryTransactions:
    """One at a time; a block that raises leaves no trace."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._answers: dict[tuple[UUID, str], tuple[bytes, Mapping[str, Any]]] = {}

    @asynccontextmanager
    async def read(self, caller: Principal) -> AsyncIterator[ExamReads]:
        yield InMemoryExamReads(self.memory)

    @asynccontextmanager
    async def change(self, caller: Principal, exam_id: UUID) -> AsyncIterator[ExamWork]:
        before = {name: copy.copy(value) for name, value in vars(self.memory).items()}
        before["streams"] = {key: list(value) for key, value in self.memory.streams.items()}
        try:
            yield InMemoryExamWork(self.memory)
        except BaseException:
            vars(self.memory).update(before)
            raise

    async def change_once(self, caller: Principal, **how: Any) -> tuple[Mapping[str, Any], bool]:
        return await self.create_once(caller, **how)

    async def create_once(
        self,
        caller: Principal,
        *,
        key: str,
        route: str,
        request: bytes,
        run: Callable[[ExamWork], Awaitable[Mapping[str, Any]]],
    ) -> tuple[Mapping[str, Any], bool]:
        seen = self._answers.get((caller.account_id, key))
        if seen is not None and seen[0] != request:
            raise KEY_REUSED.error()
        if seen is not None:
            return seen[1], True
        async with self.change(caller, caller.account_id) as work:
            answer = await run(work)
        self._answers[caller.account_id, key] = (request, answer)
        return answer, False

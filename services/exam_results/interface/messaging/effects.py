"""What messages do here. Order is not promised: versions are compared, and what comes too early waits."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.exam_results.application.commands.close_account import CloseAccount
from services.exam_results.application.commands.follow_patient import FollowPatient
from services.exam_results.application.commands.record_report_file import RecordReportFile, WaitsFor
from services.exam_results.application.ports import Account, ExamFile, ExamWork, RecordedRelation
from services.exam_results.domain.people import Patient, Professional, Sex
from services.shared.contracts import accounts, file_management
from services.shared.kernel.relations import Kind, Relation, Sees
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.messaging.outcome import Applied, Outcome, Parked, Stale
from services.shared.platform.postgres.database import WriteSession

WorkOf = Callable[[WriteSession], ExamWork]
_Data = TypeVar("_Data", bound=BaseModel)


class AccountsEffect:
    """Keeps what this service needs to know of people: `exam-results-accounts`."""

    def __init__(self, work_of: WorkOf) -> None:
        self._work_of = work_of

    async def __call__(self, session: WriteSession, message: Message) -> Outcome:
        work, clinic = self._work_of(session), message.clinic_id
        people = work.people
        data = message.data
        if isinstance(data, accounts.PatientRegistered):
            newer = await FollowPatient().run(work, _patient(data, clinic), data.version, message.time)
            if await work.identities.is_erased(
                data.person_id
            ):  # late word of somebody erased, or a merge into one
                await work.identities.erase(data.person_id)
                await work.identities.erase_due(message.time)
        elif isinstance(data, accounts.DoctorRegistered):
            newer = await people.put_professional(_professional(data, clinic), data.version)
        elif isinstance(data, accounts.AccountData):
            newer = await people.put_account(_account(data, clinic), data.version)
            closed = await people.is_closed(data.account_id)
            for proxy in (
                () if closed else data.proxies
            ):  # each has a version of its own, whatever the account's is
                relation = _relation(proxy, data.account_id, clinic)
                newer = await work.relations.put(relation) or newer
        else:
            gone = _of(accounts.AccountDeleted, data)
            newer = await CloseAccount().run(
                work, gone.account_id, clinic, gone.version, kept=gone.identity_kept, now=message.time
            )
        return Applied() if newer else Stale()


class FilesEffect:
    """Takes note of drafts and signed reports: `exam-results-files`."""

    def __init__(self, work_of: WorkOf, record: RecordReportFile) -> None:
        self._work_of = work_of
        self._record = record

    async def __call__(self, session: WriteSession, message: Message) -> Outcome:
        data = _of(file_management.FileData, message.data)
        file = ExamFile(
            id=data.file_id,
            exam_id=data.exam_id,
            clinic_id=message.clinic_id,
            kind=data.kind,
            report_version=data.report_version,
            sha256=data.sha256,
            processed_at=data.occurred_at,
            ready=message.type == "file.processed",
            deleted=message.type == "file.deleted",
        )
        answer = await self._record.run(self._work_of(session), file, data.version)
        if isinstance(answer, WaitsFor):
            return Parked(answer.prerequisite)
        return Applied() if answer else Stale()


def _of(kind: type[_Data], data: BaseModel) -> _Data:
    if not isinstance(data, kind):
        raise TypeError(type(data).__name__)
    return data


def _patient(data: accounts.PatientRegistered, clinic_id: UUID) -> Patient:
    return Patient(
        id=data.patient_id,
        clinic_id=clinic_id,
        person_id=data.person_id,
        record_number=data.record_number,
        name=data.name,
        social_name=data.social_name,
        sex=Sex(data.sex),
        birth_date=data.birth_date,
        mother_name=data.mother_name,
        merged_into=data.merged_into,
    )


def _professional(data: accounts.DoctorRegistered, clinic_id: UUID) -> Professional:
    return Professional(
        id=data.doctor_id,
        clinic_id=clinic_id,
        name=data.name,
        council=data.council,
        number=data.council_number,
        uf=data.council_uf,
        verified=data.verified,
        roles=frozenset(data.roles),
    )


def _relation(proxy: accounts.ProxyData, person_id: UUID, clinic_id: UUID) -> RecordedRelation:
    return RecordedRelation(
        relation=Relation(
            id=proxy.proxy_id,
            kind=Kind(proxy.kind),
            clinic_id=clinic_id,
            person_id=person_id,
            reader_id=proxy.reader_id,
            sees=Sees[proxy.sees.upper()],
            starts_at=proxy.starts_at,
            until=proxy.until,
            ended_at=proxy.ended_at,
        ),
        made_by=person_id,
        version=proxy.version,
    )


def _account(data: accounts.AccountData, clinic_id: UUID) -> Account:
    return Account(
        id=data.account_id,
        clinic_id=clinic_id,
        name=data.name,
        kind=data.kind,
        roles=frozenset(data.roles),
    )

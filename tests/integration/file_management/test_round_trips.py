"""The documents of an exam take as many DynamoDB calls with thirty versions of its report as with one."""

from typing import Any

import pytest

from services.file_management.application.caller import Caller
from services.file_management.application.queries.list_files import ListFiles
from services.file_management.application.queries.read_file import ReadFile
from services.file_management.infrastructure.announcements import announce
from services.file_management.infrastructure.dynamodb.audit import DynamoAuditTrail
from services.file_management.infrastructure.dynamodb.files import DynamoFiles
from services.file_management.infrastructure.dynamodb.folders import DynamoFolders
from services.file_management.infrastructure.dynamodb.outbox import DynamoOutbox
from services.file_management.infrastructure.in_memory.edges import InMemoryRelations
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from tests.contract.test_file_management_stores import new_exam, occasion, table, with_report

__all__ = ["table"]  # the fixture, by the name its tests ask for
_MANY = 30


@pytest.mark.parametrize("role", [Role.PATIENT, Role.DOCTOR, Role.TECHNICIAN])
async def test_documents_take_as_many_calls_at_one_and_at_thirty_versions(
    table: Any, dynamodb_calls: list[str], role: Role
) -> None:
    exam = new_exam()
    folders = DynamoFolders(
        table, announce, DynamoOutbox(table, "file-management-events").row, lambda _: None
    )
    files, audit = DynamoFiles(table), DynamoAuditTrail(table)
    caller = _caller(exam, role)
    seen: list[tuple[list[str], list[str]]] = []
    for versions in (range(1, 2), range(2, _MANY + 1)):
        folder = await folders.load(exam)
        for version in versions:
            with_report(folder, version)
            folder.open_report(version)
        await folders.save(folder, occasion())
        if not seen:  # the first row of a clinic makes its chain known, once in the life of a process
            await ListFiles(files, audit, SystemClock(), InMemoryRelations()).run(caller, exam.exam_id)
        dynamodb_calls.clear()
        found = await ListFiles(files, audit, SystemClock(), InMemoryRelations()).run(caller, exam.exam_id)
        of_list = list(dynamodb_calls)
        assert found
        dynamodb_calls.clear()
        await ReadFile(files, audit, SystemClock(), InMemoryRelations()).run(caller, found[0].id)
        seen.append((of_list, list(dynamodb_calls)))
    assert seen[0] == seen[1] == (["Query", "TransactWriteItems"], ["BatchGetItem", "TransactWriteItems"])


def _caller(exam: Any, role: Role) -> Caller:
    account = {Role.PATIENT: exam.person_id, Role.DOCTOR: exam.requester_id}.get(role, new_id())
    clinic = None if role is Role.PATIENT else exam.clinic_id
    return Caller(Principal(account, frozenset({role}), clinic), None, None)

"""Exam folders in DynamoDB: folder, files, proofs, inbox and outbox in one TransactWriteItems."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from services.file_management.application.ports import AlreadyApplied, Occasion, Overtaken
from services.file_management.domain.exam_folder import ExamFolder, ExamRef, FileErased, FileProcessed
from services.file_management.domain.proof import proof_of
from services.file_management.infrastructure.dynamodb import mapping
from services.file_management.infrastructure.dynamodb.rows import OutboxRow
from services.file_management.infrastructure.dynamodb.table import Table
from services.shared.platform.messaging.envelope import Message

INBOX_LIFETIME_S = 30 * 24 * 3600  # longer than a message and its dead letter can live (14 + 14 days)
_OVERTAKEN = {"ConditionalCheckFailed", "TransactionConflict"}

Announce = Callable[[FileProcessed | FileErased], Message]


class DynamoFolders:
    def __init__(
        self,
        table: Table,
        announce: Announce,
        outbox_row: Callable[[Message], OutboxRow],
        after_commit: Callable[[Sequence[OutboxRow]], None],
    ) -> None:
        self._table = table
        self._announce = announce
        self._outbox_row = outbox_row
        self._after_commit = after_commit

    async def applied(self, occasion: Occasion) -> bool:
        return await asyncio.to_thread(self._applied, occasion)

    async def load(self, exam: ExamRef) -> ExamFolder:
        return await asyncio.to_thread(self._load, exam)

    async def save(self, folder: ExamFolder, occasion: Occasion | None) -> None:
        # Envelopes are made here, not in the thread: they carry the current trace.
        messages = [self._announce(event) for event in folder.events]
        outbox = [self._outbox_row(item) for item in messages]
        await asyncio.to_thread(self._save, folder, occasion, outbox)
        if outbox:
            self._after_commit(outbox)

    async def folders_of(self, account_id: UUID) -> Sequence[ExamRef]:
        return await asyncio.to_thread(self._folders_of, account_id)

    def _applied(self, occasion: Occasion) -> bool:
        found = self._table.inbox.query(_inbox_key(occasion), consistent_read=True, limit=1)
        return next(iter(found), None) is not None

    def _load(self, exam: ExamRef) -> ExamFolder:
        try:
            row = self._table.folder.get(
                mapping.exam_key(exam.exam_id), mapping.clinic_key(exam.clinic_id), consistent_read=True
            )
        except self._table.folder.DoesNotExist:
            return ExamFolder(exam)
        return mapping.read_folder(row)

    def _folders_of(self, account_id: UUID) -> list[ExamRef]:
        found = self._table.reader.query(mapping.reader_key(account_id), consistent_read=True)
        return [mapping.read_exam(row.exam) for row in found]

    def _save(self, folder: ExamFolder, occasion: Occasion | None, outbox: Sequence[Model]) -> None:
        table = self._table
        folder_row = table.folder(
            mapping.exam_key(folder.exam.exam_id),
            mapping.clinic_key(folder.exam.clinic_id),
            revision=folder.revision + 1,
            **mapping.folder_attributes(folder),
        )
        unchanged = (
            table.folder.revision == folder.revision if folder.revision else table.folder.pk.does_not_exist()
        )
        try:
            with TransactWrite(connection=table.connection) as transaction:
                transaction.save(folder_row, condition=unchanged)
                if occasion:
                    transaction.save(
                        self._inbox_row(folder, occasion), condition=table.inbox.pk.does_not_exist()
                    )
                for row in [
                    *self._file_rows(folder),
                    *self._proof_rows(folder),
                    *self._reader_rows(folder),
                    *outbox,
                ]:
                    transaction.save(row)
                for file_id in sorted(folder.dropped):
                    transaction.delete(table.file(mapping.file_key(file_id), mapping.FILE, file={}))
        except TransactWriteError as error:
            raise _reason(error, has_occasion=occasion is not None) from error

    def _inbox_row(self, folder: ExamFolder, occasion: Occasion) -> Model:
        return self._table.inbox(
            _inbox_key(occasion),
            mapping.clinic_key(folder.exam.clinic_id),
            expires_at=int(time.time()) + INBOX_LIFETIME_S,
        )

    def _file_rows(self, folder: ExamFolder) -> list[Model]:
        return [
            self._table.file(
                mapping.file_key(file.id),
                mapping.FILE,
                verification_code=file.verification_code,
                file=mapping.file_data(file),
            )
            for file in (folder.files[file_id] for file_id in sorted(folder.changed))
        ]

    def _proof_rows(self, folder: ExamFolder) -> list[Model]:
        """Kept in step with the files: a printed code never says more or less than its report."""
        proofs = [proof_of(folder.files[file_id]) for file_id in sorted(folder.changed)]
        return [
            self._table.proof(mapping.code_key(proof.code), mapping.PROOF, **mapping.proof_attributes(proof))
            for proof in proofs
            if proof
        ]

    def _reader_rows(self, folder: ExamFolder) -> list[Model]:
        """Kept in step with the folder, so that whoever is asked for later is found by account."""
        exam = folder.exam
        sort_key = f"{mapping.clinic_key(exam.clinic_id)}#EXAM#{exam.exam_id}"
        return [
            self._table.reader(mapping.reader_key(account), sort_key, exam=mapping.exam_data(exam))
            for account in sorted(folder.readers - folder.readers_stored)
        ]


def _inbox_key(occasion: Occasion) -> str:
    return f"INBOX#{occasion.queue}#{occasion.event_id}"


def _reason(error: TransactWriteError, *, has_occasion: bool) -> Exception:
    """The transaction's first item is the folder, its second the inbox, where there is an occasion."""
    codes: list[Any] = [reason.code if reason else None for reason in error.cancellation_reasons]
    if has_occasion and len(codes) > 1 and codes[1] == "ConditionalCheckFailed":
        return AlreadyApplied()
    if (
        any(code in _OVERTAKEN for code in codes)
        or error.cause_response_code == "TransactionInProgressException"
    ):
        return Overtaken()
    return error

"""Binds the row classes to a table at an address: nothing connects when a module is imported."""

from dataclasses import dataclass
from types import new_class
from typing import TypeVar, cast

from pynamodb.connection import Connection
from pynamodb.models import Model

from services.file_management.infrastructure.dynamodb import rows
from services.shared.platform.spans.aws import observe_calls

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class TableAddress:
    """Credentials are the process's own (`AWS_*` or the pod's role) unless a test names others."""

    name: str
    region: str
    endpoint_url: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    pool: int = 64


@dataclass(frozen=True, slots=True)
class Table:
    connection: Connection
    folder: type[rows.FolderRow]
    file: type[rows.FileRow]
    proof: type[rows.ProofRow]
    reader: type[rows.ReaderRow]
    inbox: type[rows.InboxRow]
    outbox: type[rows.OutboxRow]
    audit: type[rows.AuditRow]
    chain: type[rows.ChainRow]
    seal: type[rows.SealRow]
    sealed: type[rows.SealedRow]
    segment: type[rows.SegmentRow]


def connect_table(address: TableAddress) -> Table:
    """Return the rows of one table, on two pools of connections: audit facts, and all else."""
    meta = {
        "table_name": address.name,
        "region": address.region,
        "host": address.endpoint_url,
        "aws_access_key_id": address.access_key_id,
        "aws_secret_access_key": address.secret_access_key,
        "connect_timeout_seconds": 2,
        "read_timeout_seconds": 5,
        "max_retry_attempts": 2,
        "max_pool_connections": address.pool,
    }

    def bind(row: type[Row]) -> type[Row]:
        namespace = {"Meta": type("Meta", (), dict(meta)), "__module__": row.__module__}
        return cast(type[Row], new_class(row.__name__, (row,), exec_body=lambda body: body.update(namespace)))

    outbox = bind(rows.OutboxRow)  # first: the connection learns the table's index from it
    shared = outbox._get_connection()
    observe_calls(shared.connection.client)
    bound = Table(
        connection=shared.connection,
        folder=bind(rows.FolderRow),
        file=bind(rows.FileRow),
        proof=bind(rows.ProofRow),
        reader=bind(rows.ReaderRow),
        inbox=bind(rows.InboxRow),
        outbox=outbox,
        audit=bind(rows.AuditRow),  # on connections of its own: it has an index of its own
        chain=bind(rows.ChainRow),
        seal=bind(rows.SealRow),
        sealed=bind(rows.SealedRow),
        segment=bind(rows.SegmentRow),
    )
    for row in (
        bound.folder, bound.file, bound.proof, bound.reader, bound.inbox,
        bound.chain, bound.seal, bound.sealed, bound.segment,
    ):  # fmt: skip
        row._connection = shared
    return bound

"""The hash chain over audit rows: one chain per service and clinic, made after the rows, next to them.

row hash    SHA-256(00 | canonical row)
chain hash  SHA-256(01 | previous chain hash | canonical seal)
genesis     SHA-256(02 | canonical {service, chain}): the `previous` of sequence 1, so that no chain passes for another

Canonical is JSON as RFC 8785 (JCS) writes it: sorted keys, no blanks, UTF-8; only strings, null and arrays of strings
occur. Times are UTC with microseconds. Whoever changes one row has to change every seal after it, and those are
exported out of reach (platform/audit/segments.py).

Sources: Schneier and Kelsey, "Secure Audit Logs to Support Computer Forensics" (1999), for the chain; RFC 6962
section 2.1 for the byte that keeps hashes of different things apart.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.shared.kernel.audit import AuditEntry

NO_CLINIC = "none"
"""The chain of rows that belong to no clinic: what patients do across all of theirs."""

_ROW, _LINK, _GENESIS = b"\x00", b"\x01", b"\x02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One link. `sequence` counts from 1 without gaps; hashes are 32 bytes."""

    chain: str
    sequence: int
    row_id: UUID
    row_hash: bytes
    previous: bytes
    chain_hash: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends: the sequence and chain hash of its last seal, 0 and the genesis when there is none."""

    sequence: int
    chain_hash: bytes


def chain_of(clinic_id: UUID | None) -> str:
    return NO_CLINIC if clinic_id is None else str(clinic_id)


def clinic_of_chain(chain: str) -> UUID | None:
    return None if chain == NO_CLINIC else UUID(chain)


def start_of(service: str, chain: str) -> Head:
    """Return the end of a chain that has no seals yet. `service` is the hyphenated name."""
    return Head(0, _hash(_GENESIS, canonical({"chain": chain, "service": service})))


def row_fields(entry: AuditEntry) -> dict[str, Any]:
    """Return the fields of a row as they are hashed and exported: strings, nulls and one array of strings."""
    return {
        "action": entry.action,
        "actor_id": str(entry.actor_id),
        "actor_roles": list(entry.actor_roles),
        "address": entry.address,
        "at": timestamp(entry.at),
        "clinic_id": _text(entry.clinic_id),
        "id": str(entry.id),
        "patient_id": _text(entry.patient_id),
        "purpose": entry.purpose,
        "resource": entry.resource,
        "trace_id": entry.trace_id,
    }


def row_hash(entry: AuditEntry) -> bytes:
    return _hash(_ROW, canonical(row_fields(entry)))


def link_hash(seal: Seal) -> bytes:
    """Return the chain hash that the other fields of `seal` give."""
    fields = {
        "chain": seal.chain,
        "row_hash": seal.row_hash.hex(),
        "row_id": str(seal.row_id),
        "sealed_at": timestamp(seal.sealed_at),
        "sequence": str(seal.sequence),
    }
    return _hash(_LINK, seal.previous + canonical(fields))


def seal_rows(chain: str, head: Head, entries: Iterable[AuditEntry], at: datetime) -> list[Seal]:
    """Return the links that continue `chain` from `head` over `entries`, in the order they come in."""
    seals: list[Seal] = []
    for entry in entries:
        unlinked = Seal(
            chain=chain,
            sequence=head.sequence + 1,
            row_id=entry.id,
            row_hash=row_hash(entry),
            previous=head.chain_hash,
            chain_hash=b"",
            sealed_at=at,
        )
        seal = linked(unlinked)
        seals.append(seal)
        head = Head(seal.sequence, seal.chain_hash)
    return seals


def linked(seal: Seal) -> Seal:
    """Return `seal` with the chain hash that belongs to it."""
    return Seal(
        chain=seal.chain,
        sequence=seal.sequence,
        row_id=seal.row_id,
        row_hash=seal.row_hash,
        previous=seal.previous,
        chain_hash=link_hash(seal),
        sealed_at=seal.sealed_at,
    )


def timestamp(moment: datetime) -> str:
    """Return UTC with microseconds, e.g. `2026-11-05T12:00:00.000001Z`. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("audit times carry their zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Return RFC 8785 JSON; the caller gives ASCII keys and no numbers, where the standard library agrees with it."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _hash(kind: bytes, content: bytes) -> bytes:
    return hashlib.sha256(kind + content).digest()

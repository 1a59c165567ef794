"""The chain: what is hashed, and that nothing of it can change unseen."""

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import (
    NO_CLINIC,
    Head,
    Seal,
    canonical,
    chain_of,
    clinic_of_chain,
    link_hash,
    row_fields,
    row_hash,
    seal_rows,
    start_of,
)

AT = datetime(2026, 11, 5, 12, 0, 0, 7, tzinfo=UTC)
CLINIC = UUID("018f0000-0000-7000-8000-00000000000a")
ENTRY = AuditEntry(
    id=UUID("018f0000-0000-7000-8000-000000000001"),
    at=AT,
    actor_id=UUID("018f0000-0000-7000-8000-000000000002"),
    actor_roles=("doctor", "releaser"),
    action="exam.read",
    clinic_id=CLINIC,
    patient_id=UUID("018f0000-0000-7000-8000-000000000003"),
    resource="exam/018f0000-0000-7000-8000-000000000004",
    address="203.0.113.7",
)
# Every field another value than ENTRY's.
OTHERWISE: dict[str, Any] = {
    "id": UUID(int=1),
    "at": AT + timedelta(microseconds=1),
    "actor_id": UUID(int=2),
    "actor_roles": ("doctor",),
    "action": "exam.list",
    "clinic_id": None,
    "patient_id": None,
    "resource": None,
    "purpose": "emergency",
    "address": "203.0.113.8",
    "trace_id": "a" * 32,
}


def test_a_row_is_hashed_as_written_down() -> None:
    text = (
        '{"action":"exam.read","actor_id":"018f0000-0000-7000-8000-000000000002",'
        '"actor_roles":["doctor","releaser"],"address":"203.0.113.7","at":"2026-11-05T12:00:00.000007Z",'
        '"clinic_id":"018f0000-0000-7000-8000-00000000000a","id":"018f0000-0000-7000-8000-000000000001",'
        '"patient_id":"018f0000-0000-7000-8000-000000000003","purpose":"care",'
        '"resource":"exam/018f0000-0000-7000-8000-000000000004","trace_id":null}'
    )
    assert canonical(row_fields(ENTRY)).decode() == text
    assert row_hash(ENTRY) == hashlib.sha256(b"\x00" + text.encode()).digest()


@pytest.mark.parametrize("name", [field.name for field in fields(AuditEntry)])
def test_every_field_of_a_row_counts(name: str) -> None:
    assert row_hash(replace(ENTRY, **{name: OTHERWISE[name]})) != row_hash(ENTRY)


def test_the_same_moment_in_another_zone_is_the_same_row() -> None:
    elsewhere = replace(ENTRY, at=AT.astimezone(timezone(timedelta(hours=-3))))
    assert row_hash(elsewhere) == row_hash(ENTRY)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        row_hash(replace(ENTRY, at=AT.replace(tzinfo=None)))


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_text_is_written_as_rfc_8785_writes_it(text: str) -> None:
    short = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
    written = "".join(short.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text)
    assert canonical({"t": text}).decode() == f'{{"t":"{written}"}}'


def chain(length: int = 3) -> list[Seal]:
    entries = [replace(ENTRY, id=UUID(int=n)) for n in range(1, length + 1)]
    return seal_rows(str(CLINIC), start_of("exam-results", str(CLINIC)), entries, AT)


def test_each_seal_goes_on_from_the_one_before() -> None:
    first, second, third = chain()
    assert [first.sequence, second.sequence, third.sequence] == [1, 2, 3]
    assert first.previous == start_of("exam-results", str(CLINIC)).chain_hash
    assert (second.previous, third.previous) == (first.chain_hash, second.chain_hash)


def test_sealing_in_two_goes_gives_the_same_chain() -> None:
    entries = [replace(ENTRY, id=UUID(int=n)) for n in range(1, 4)]
    begun = seal_rows(str(CLINIC), start_of("exam-results", str(CLINIC)), entries[:2], AT)
    head = Head(begun[-1].sequence, begun[-1].chain_hash)
    assert [*begun, *seal_rows(str(CLINIC), head, entries[2:], AT)] == chain()


@pytest.mark.parametrize(
    "change",
    [
        {"chain": NO_CLINIC},
        {"sequence": 2},
        {"row_id": UUID(int=9)},
        {"row_hash": b"\x01" * 32},
        {"previous": b"\x02" * 32},
        {"sealed_at": AT + timedelta(microseconds=1)},
    ],
)
def test_every_field_of_a_seal_counts(change: dict[str, Any]) -> None:
    (seal,) = chain(1)
    assert link_hash(seal) == seal.chain_hash
    assert link_hash(replace(seal, **change)) != seal.chain_hash


def test_no_chain_passes_for_another() -> None:
    starts = {start_of(service, name) for service in ("accounts", "notification") for name in ("none", "a")}
    assert len(starts) == 4
    assert clinic_of_chain(chain_of(CLINIC)) == CLINIC
    assert clinic_of_chain(chain_of(None)) is None

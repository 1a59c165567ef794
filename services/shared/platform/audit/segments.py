"""Sealed segments out of the service's reach: JSON lines and a manifest in a bucket with Object Lock.

<service>/<chain>/<first>-<last>.jsonl           one line per row: {"row": {...}, "seal": {...}}, in sequence
<service>/<chain>/<first>-<last>.manifest.json   bounds, chain hashes at both ends, SHA-256 of the lines

A segment's bounds are written down before it is put, so a crash between putting and marking puts the same bytes under
the same names again. The manifest comes last: lines without one are not exported yet.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import orjson

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.audit_chain import Seal, canonical, row_fields, timestamp
from services.shared.platform.audit.ports import ChainStore, Segment

_MANIFEST = ".manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`previous` is the chain hash before `first`, `chain_hash` the one at `last`; both in hex, as is `sha256`."""

    service: str
    chain: str
    first: int
    last: int
    previous: str
    chain_hash: str
    sha256: str

    @property
    def lines_key(self) -> str:
        return segment_key(self.service, Segment(self.chain, self.first, self.last))


class SegmentBucket(Protocol):
    async def put(self, key: str, body: bytes) -> None: ...

    async def keys(self, prefix: str) -> Sequence[str]:
        """Return the names that begin with `prefix`, sorted."""
        ...

    async def first_version(self, key: str) -> bytes:
        """Return the bytes that were put first: a later version under the same name proves nothing."""
        ...


class SegmentLost(Exception):
    """A row or seal of the segment is gone: it cannot be exported as it was sealed. `laudo audit verify` names it."""


async def write_segment(service: str, store: ChainStore, bucket: SegmentBucket, segment: Segment) -> Manifest:
    lines: list[bytes] = []
    seals: list[Seal] = []
    async for sealed in store.sealed(segment.chain, segment.first, segment.last):
        if sealed.row is None:
            raise SegmentLost
        lines.append(line(sealed.row, sealed.seal))
        seals.append(sealed.seal)
    if len(seals) != segment.last - segment.first + 1:
        raise SegmentLost
    body = b"".join(lines)
    manifest = Manifest(
        service=service,
        chain=segment.chain,
        first=segment.first,
        last=segment.last,
        previous=seals[0].previous.hex(),
        chain_hash=seals[-1].chain_hash.hex(),
        sha256=hashlib.sha256(body).hexdigest(),
    )
    await bucket.put(manifest.lines_key, body)
    await bucket.put(manifest.lines_key.removesuffix(".jsonl") + _MANIFEST, orjson.dumps(asdict(manifest)))
    return manifest


async def manifests(service: str, chain: str, bucket: SegmentBucket) -> list[Manifest]:
    """Return the chain's manifests by their bounds, as they were first put."""
    keys = [key for key in await bucket.keys(f"{service}/{chain}/") if key.endswith(_MANIFEST)]
    return [Manifest(**orjson.loads(await bucket.first_version(key))) for key in keys]


async def exported_chains(service: str, bucket: SegmentBucket) -> list[str]:
    return sorted({key.split("/")[1] for key in await bucket.keys(f"{service}/")})


async def lines_of(manifest: Manifest, bucket: SegmentBucket) -> tuple[bool, list[dict[str, Any]]]:
    """Return whether the lines are those of the manifest, and the lines: `{"row": ..., "seal": ...}` each."""
    body = await bucket.first_version(manifest.lines_key)
    whole = hashlib.sha256(body).hexdigest() == manifest.sha256
    return whole, [orjson.loads(text) for text in body.splitlines()] if whole else []


def segment_key(service: str, segment: Segment) -> str:
    return f"{service}/{segment.chain}/{segment.first:012d}-{segment.last:012d}.jsonl"


def line(row: AuditEntry, seal: Seal) -> bytes:
    return canonical({"row": row_fields(row), "seal": seal_fields(seal)}) + b"\n"


def seal_fields(seal: Seal) -> dict[str, str]:
    return {
        "chain_hash": seal.chain_hash.hex(),
        "previous": seal.previous.hex(),
        "row_hash": seal.row_hash.hex(),
        "row_id": str(seal.row_id),
        "sealed_at": timestamp(seal.sealed_at),
        "sequence": str(seal.sequence),
    }

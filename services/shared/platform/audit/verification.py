"""Checks a chain against its rows and against the exported segments, and names the first thing that is wrong.

What it finds: a row changed, removed or slipped in between sealed ones; rows swapped; a seal changed or removed; a
chain made anew in itself, or cut at its end, as soon as one of its seals was exported. What it cannot find: rows that
somebody removes before they are sealed (seconds), or with their seals before these are exported (an hour at most).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.shared.kernel.audit_chain import Head, link_hash, row_hash, start_of
from services.shared.platform.audit.ports import ChainStore, SealedRow
from services.shared.platform.audit.segments import (
    Manifest,
    SegmentBucket,
    exported_chains,
    lines_of,
    manifests,
)

_TELL_EVERY = 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong in a chain. `row_id`: None where nothing tells which row it was."""

    kind: str
    sequence: int | None
    row_id: str | None


@dataclass(frozen=True, slots=True)
class ChainReport:
    chain: str
    rows: int  # sealed rows that were checked
    pending: int  # rows the sealer has yet to come to
    exported: int  # the last sequence that is exported
    finding: Finding | None


Progress = Callable[[int], None]


async def verify(
    service: str, store: ChainStore, bucket: SegmentBucket, progress: Progress = lambda _: None
) -> list[ChainReport]:
    """Check every chain that the store or the bucket knows. `progress` is told of rows as they are checked."""
    chains = sorted({*await store.chains(), *await exported_chains(service, bucket)})
    return [await Check(service, store, bucket, chain, progress).run() for chain in chains]


class Check:
    """One chain's check."""

    def __init__(
        self, service: str, store: ChainStore, bucket: SegmentBucket, chain: str, progress: Progress
    ) -> None:
        self._service = service
        self._store = store
        self._bucket = bucket
        self._chain = chain
        self._progress = progress
        self._head = start_of(service, chain)

    async def run(self) -> ChainReport:
        exported = await manifests(self._service, self._chain, self._bucket)  # first: seals only become more
        finding = await self._first_wrong(exported)
        unsealed = await self._store.unsealed(self._chain)
        if finding is None and unsealed.foreign:
            finding = Finding("row_inserted", None, str(unsealed.foreign[0]))
        last = exported[-1].last if exported else 0
        return ChainReport(self._chain, self._head.sequence, unsealed.pending, last, finding)

    async def _first_wrong(self, exported: Sequence[Manifest]) -> Finding | None:
        ends = {manifest.last: manifest for manifest in exported}
        async for sealed in self._store.sealed(self._chain):
            finding = await self._link(sealed, exported)
            if finding is not None:
                return finding
            self._head = Head(sealed.seal.sequence, sealed.seal.chain_hash)
            manifest = ends.get(self._head.sequence)
            if manifest is not None and manifest.chain_hash != self._head.chain_hash.hex():
                return await self._rewritten(manifest)
            if self._head.sequence % _TELL_EVERY == 0:
                self._progress(_TELL_EVERY)
        self._progress(self._head.sequence % _TELL_EVERY)
        if exported and exported[-1].last > self._head.sequence:
            return await self._gone("tail_missing", self._head.sequence + 1, exported)
        return await self._segments(exported)

    async def _link(self, sealed: SealedRow, exported: Sequence[Manifest]) -> Finding | None:
        seal, row = sealed.seal, sealed.row
        expected = self._head.sequence + 1
        if seal.sequence != expected:
            return await self._gone("seal_missing", expected, exported)
        if seal.previous != self._head.chain_hash or link_hash(seal) != seal.chain_hash:
            return Finding("seal_altered", seal.sequence, str(seal.row_id))
        if row is None:
            return Finding("row_missing", seal.sequence, str(seal.row_id))
        if row_hash(row) != seal.row_hash:
            return Finding("row_altered", seal.sequence, str(seal.row_id))
        return None

    async def _gone(self, kind: str, sequence: int, exported: Sequence[Manifest]) -> Finding:
        """Name the row of a seal that is not there any more, as the export has it."""
        for manifest in exported:
            if manifest.first <= sequence <= manifest.last:
                whole, lines = await lines_of(manifest, self._bucket)
                if whole:
                    return Finding(kind, sequence, lines[sequence - manifest.first]["seal"]["row_id"])
        return Finding(kind, sequence, None)

    async def _rewritten(self, manifest: Manifest) -> Finding:
        """The chain fits itself but not what was exported: name the first row that differs."""
        whole, lines = await lines_of(manifest, self._bucket)
        if not whole:
            return Finding("segment_altered", manifest.first, None)
        theirs = iter(lines)
        async for sealed in self._store.sealed(self._chain, manifest.first, manifest.last):
            line = next(theirs)
            if line["seal"]["chain_hash"] != sealed.seal.chain_hash.hex():
                return Finding("chain_rewritten", sealed.seal.sequence, line["seal"]["row_id"])
        return Finding("segment_altered", manifest.first, None)

    async def _segments(self, exported: Sequence[Manifest]) -> Finding | None:
        """The exported objects follow each other without a gap, and hold what their manifests say."""
        head = start_of(self._service, self._chain)
        for manifest in exported:
            if manifest.first != head.sequence + 1 or manifest.previous != head.chain_hash.hex():
                return Finding("segment_missing", head.sequence + 1, None)
            whole, _ = await lines_of(manifest, self._bucket)
            if not whole:
                return Finding("segment_altered", manifest.first, None)
            head = Head(manifest.last, bytes.fromhex(manifest.chain_hash))
        return None

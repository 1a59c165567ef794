"""The worker's loop: rows become links of their clinic's chain, and links become objects nobody can change.

Nothing of it is on the path of a request: that inserts one row and takes no lock.
"""

import asyncio
from dataclasses import dataclass

from services.shared.platform.audit.ports import ChainStore
from services.shared.platform.audit.segments import SegmentBucket, write_segment
from services.shared.platform.logs import get_logger

_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a round is made, and when a segment is full: by its rows, or by the age of its oldest seal."""

    every_s: float = 5.0
    segment_rows: int = 5000
    segment_age_s: float = 3600.0


class AuditSealer:
    """Any number may run: the store lets one at a time continue a chain, and names a segment's bounds once."""

    def __init__(self, service: str, store: ChainStore, bucket: SegmentBucket, rhythm: Rhythm) -> None:
        self._service = service
        self._store = store
        self._bucket = bucket
        self._rhythm = rhythm

    async def run(self) -> None:
        """Run until cancelled. A round that fails is made again: nothing is lost, sealing only comes later."""
        while True:
            try:
                await self.round()
            except Exception:
                get_logger().exception("audit.sealing_failed")
            await asyncio.sleep(self._rhythm.every_s)

    async def round(self) -> int:
        """Seal what is not sealed, export what is due; return how many rows were sealed."""
        sealed = 0
        for chain in await self._store.to_seal():
            while count := await self._store.seal(chain, _BATCH):
                sealed += count
        if sealed:
            get_logger().info("audit.sealed", count=sealed)
        await self._export()
        return sealed

    async def _export(self) -> None:
        rhythm = self._rhythm
        while segment := await self._store.next_segment(rhythm.segment_rows, rhythm.segment_age_s):
            await write_segment(self._service, self._store, self._bucket, segment)
            await self._store.exported(segment)
            get_logger().info("audit.exported", count=segment.last - segment.first + 1)

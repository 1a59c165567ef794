"""Runs a service's verification as a process of its own and tells of it as JSON lines on standard output.

{"service": "exam-results", "checked": 5000}            as rows are checked
{"service": "exam-results", "chains": [{"chain": ..., "rows": ..., "finding": {...} or null}, ...]}     at the end
"""

import sys
from dataclasses import asdict
from typing import Any

import orjson

from services.shared.platform.audit.ports import ChainStore
from services.shared.platform.audit.segments import SegmentBucket
from services.shared.platform.audit.verification import verify

ALTERED = 1
"""The exit code when a chain does not hold."""


async def tell_verification(service: str, store: ChainStore, bucket: SegmentBucket) -> int:
    """Verify every chain and return the exit code: 0, or ALTERED."""
    reports = await verify(service, store, bucket, lambda rows: _tell(service=service, checked=rows))
    _tell(service=service, chains=[asdict(report) for report in reports])
    return ALTERED if any(report.finding for report in reports) else 0


def _tell(**line: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()

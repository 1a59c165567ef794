"""The report press on warm processes."""

import asyncio
from collections.abc import Sequence

from services.file_management.application.ports import Document
from services.file_management.domain.proofreading import Finding
from services.file_management.domain.snapshot import Identifiers
from services.file_management.domain.verification import ReleaseMark
from services.file_management.infrastructure.report import jobs
from services.file_management.infrastructure.report.processes import WarmProcesses
from services.shared.platform import kill_points


class WeasyPrintPress:
    def __init__(self, processes: WarmProcesses) -> None:
        self._processes = processes

    async def render(self, document: Document, identifiers: Identifiers, mark: ReleaseMark | None) -> bytes:
        rendering = asyncio.ensure_future(self._processes.run(jobs.render, dict(document), identifiers, mark))
        await kill_points.reached_during("while_rendering", rendering)
        return await rendering

    async def check(
        self, pdf: bytes, document: Document, identifiers: Identifiers, code: str | None
    ) -> Sequence[Finding]:
        return await self._processes.run(jobs.check, pdf, dict(document), identifiers, code)

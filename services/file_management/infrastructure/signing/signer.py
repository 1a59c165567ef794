"""Signs in the warm processes with a key in a file: a demo key, or a certificate mounted as a secret."""

import asyncio

from services.file_management.application.ports import Statement
from services.file_management.infrastructure.report.processes import WarmProcesses
from services.file_management.infrastructure.signing import jobs
from services.file_management.infrastructure.signing.keys import KeyFiles, signer_name
from services.shared.platform import kill_points


class KeyFileSigner:
    def __init__(self, processes: WarmProcesses, files: KeyFiles, notice: str) -> None:
        self._processes = processes
        self._files = files
        self._notice = notice
        self._name = signer_name(files.certificate.read_bytes())

    @property
    def notice(self) -> str:
        return self._notice

    @property
    def name(self) -> str:
        return self._name

    async def sign(self, pdf: bytes, statement: Statement) -> bytes:
        signing = asyncio.ensure_future(
            self._processes.run(
                jobs.sign, self._files, pdf, statement.reason, statement.location, statement.name
            )
        )
        await kill_points.reached_during("while_signing", signing)
        return await signing

    async def verify(self, pdf: bytes) -> bool:
        return await self._processes.run(jobs.is_valid, self._files, pdf)

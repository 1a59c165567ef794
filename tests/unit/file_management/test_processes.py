"""Warm processes: the event loop stays free, a crash is survived, a job that hangs is ended."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.file_management.infrastructure.report import jobs
from services.file_management.infrastructure.report.press import WeasyPrintPress
from services.file_management.infrastructure.report.processes import WarmProcesses, WorkTimedOut
from tests.unit.file_management import samples
from tests.unit.file_management.conftest import CODE, MARK, NUMBERS


@pytest.fixture
async def processes() -> AsyncIterator[WarmProcesses]:
    warm = WarmProcesses(workers=2, timeout_s=30)
    await warm.start()
    yield warm
    warm.close()


def crash_once(marker: str) -> int:
    path = Path(marker)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


async def test_rendering_elsewhere_leaves_the_event_loop_free(processes: WarmProcesses) -> None:
    press = WeasyPrintPress(processes)
    rendering = asyncio.ensure_future(press.render(samples.snapshot(), NUMBERS, MARK))
    longest = 0.0
    while not rendering.done():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - before)
    pdf = rendering.result()
    assert pdf.startswith(b"%PDF-1.7")
    assert list(await press.check(pdf, samples.snapshot(), NUMBERS, CODE)) == []
    assert longest < 0.15  # one page takes longer than this to render


async def test_jobs_are_handed_in_away_from_the_event_loop_since_that_may_start_a_process(
    processes: WarmProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in_by: list[int] = []
    submit = processes._pool.submit

    def noted(job: Any, *args: Any) -> Any:
        handed_in_by.append(threading.get_ident())
        return submit(job, *args)

    monkeypatch.setattr(processes._pool, "submit", noted)
    await processes.run(os.getpid)
    assert handed_in_by
    assert threading.get_ident() not in handed_in_by


async def test_a_crashed_process_is_replaced_and_the_job_done(
    processes: WarmProcesses, tmp_path: Path
) -> None:
    pid = await processes.run(crash_once, str(tmp_path / "crashed"))
    assert pid != os.getpid()
    assert (await processes.run(jobs.render, samples.draft(), NUMBERS, None)).startswith(b"%PDF")


async def test_a_job_that_hangs_is_ended_and_others_go_on(tmp_path: Path) -> None:
    warm = WarmProcesses(workers=1, timeout_s=20)
    await warm.start()
    warm._timeout_s = 0.3
    with pytest.raises(WorkTimedOut):
        await warm.run(time.sleep, 30)
    warm._timeout_s = 20
    assert await warm.run(os.getpid) != os.getpid()
    warm.close()


async def test_an_error_of_the_job_is_the_callers_and_the_process_lives(processes: WarmProcesses) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await processes.run(int, "x")
    assert await processes.run(int, "7") == 7

"""Warm worker processes for the report's heavy work: the event loop stays free and WeasyPrint out of threads.

A fork server imports everything once; workers are forked from it, so a crashed one is replaced in milliseconds.
"""

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class WorkTimedOut(Exception):
    """A job took longer than it may; its process was ended."""


def _begin() -> None:
    """Run once in every worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from services.file_management.infrastructure.report.jobs import warm_up

    warm_up()
    gc.collect()
    gc.freeze()  # a page makes 100,000 short-lived objects: look for cycles less often, never in what stays
    gc.set_threshold(50_000, 20, 50)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


class WarmProcesses:
    """Runs functions in at most `workers` processes, each job for at most `timeout_s`.

    `preload` names the modules that the fork server imports once for all of them.
    """

    def __init__(self, preload: Sequence[str] = (), *, workers: int = 2, timeout_s: float = 20) -> None:
        self._workers = workers
        self._timeout_s = timeout_s
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._workers, mp_context=self._context, initializer=_begin)

    async def start(self) -> None:
        """Start every worker now, so that the first report finds them warm."""
        await asyncio.gather(*(self.run(os.getpid) for _ in range(self._workers)))

    async def run(self, job: Callable[[Unpack[Arguments]], T], *args: *Arguments) -> T:
        """Run `job`; when a process died under it, once more in a new pool. Raises WorkTimedOut."""
        try:
            return await self._attempt(job, *args)
        except BrokenProcessPool:
            return await self._attempt(job, *args)

    async def _attempt(self, job: Callable[..., T], *args: Any) -> T:
        pool = self._pool
        try:
            # Handing a job in can start a process, and the first one the fork server with all its imports: seconds,
            # in which the event loop must not stand still.
            future = asyncio.wrap_future(await asyncio.to_thread(pool.submit, job, *args))
            return await asyncio.wait_for(future, self._timeout_s)
        except BrokenProcessPool:
            self._replace(pool)
            raise
        except TimeoutError:
            self._replace(pool)
            raise WorkTimedOut from None

    def _replace(self, pool: ProcessPoolExecutor) -> None:
        """Put a new pool in the place of `pool` unless somebody did already, and end what still runs in the old."""
        if self._pool is pool:
            self._pool = self._new_pool()
        _kill(pool)
        pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the processes, whatever they do: every job can be done again."""
        _kill(self._pool)
        self._pool.shutdown(wait=True, cancel_futures=True)


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in tuple((getattr(pool, "_processes", None) or {}).values()):
        process.kill()

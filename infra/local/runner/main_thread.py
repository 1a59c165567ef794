"""Work in parallel threads, but start processes from the main thread (see `engines.process.Child`)."""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class MainThread:
    """Threads hand over what only the main thread may do and wait until it is done."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Callable[[], None], Future[None]]] = queue.SimpleQueue()
        self.closed = False

    def do(self, call: Callable[[], None]) -> None:
        """From a thread: have `call` run in the main thread, and wait."""
        done: Future[None] = Future()
        if self.closed:
            raise GivenUp
        self._calls.put((call, done))
        done.result()

    def run_all(self, jobs: Sequence[Callable[[], Any]]) -> list[Any]:
        """From the main thread: run the jobs in threads, serving their calls; raise the first failure at once."""
        pool = ThreadPoolExecutor(max_workers=max(1, len(jobs)))
        try:
            futures = [pool.submit(job) for job in jobs]
            while not all(future.done() for future in futures):
                for future in futures:
                    if future.done():
                        future.result()
                self._serve()
            return [future.result() for future in futures]
        except BaseException:
            self._give_up()
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _serve(self) -> None:
        try:
            call, done = self._calls.get(timeout=0.02)
        except queue.Empty:
            return
        try:
            call()
        except BaseException as error:
            done.set_exception(error if isinstance(error, Exception) else GivenUp())
            raise
        done.set_result(None)

    def _give_up(self) -> None:
        """Let no thread wait for a main thread that has left."""
        self.closed = True
        while not self._calls.empty():
            self._calls.get()[1].set_exception(GivenUp())


class GivenUp(Exception):
    """The start was abandoned meanwhile."""

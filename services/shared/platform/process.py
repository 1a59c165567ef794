"""How a service's processes run: an API under uvicorn, a worker as a set of loops that end together on SIGTERM."""

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI

from services.shared.platform import kill_points
from services.shared.platform.http.worker_listener import listen
from services.shared.platform.logs import configure_logs, get_logger
from services.shared.platform.settings import ServiceSettings
from services.shared.platform.spans.process import start_export

_THREADS = 64  # long polls wait in threads, so there are more of them than cores
_GRACE_S = 10

Loops = Callable[[], Awaitable[Sequence[Coroutine[Any, Any, None]]]]


def serve_api(app: FastAPI, settings: ServiceSettings, service: str) -> None:
    """Serve on `http_host:http_port` until SIGTERM. `trusted_proxies` are believed about who called."""
    configure_logs(service, settings.log_level)
    kill_points.arm(settings.kill_folder)
    end_export = start_export(settings, service)
    spare_the_collector()
    uvicorn.run(
        app,
        host=settings.http_host,
        port=settings.http_port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    end_export()


def spare_the_collector() -> None:
    """Requests leave no cycles worth looking for every 700 objects; what start-up made is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def run_worker(start: Loops, settings: ServiceSettings, service: str) -> None:
    """Run the loops that `start` returns until SIGTERM or SIGINT.

    A loop that ends or raises ends the process with an error: the supervisor (or the kubelet) starts it again.
    """
    configure_logs(service, settings.log_level)
    kill_points.arm(settings.kill_folder)
    uvloop.run(_run_worker(start, settings, start_export(settings, service)))


async def _run_worker(start: Loops, settings: ServiceSettings, end_export: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loops = [*await start()]
    if settings.metrics_port:
        loops.append(listen(settings.http_host, settings.metrics_port))
    tasks = [asyncio.create_task(coroutine) for coroutine in loops]
    stopping = asyncio.create_task(stop.wait())
    get_logger().info("worker.started", count=len(tasks))
    ended, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    failed = stopping not in ended
    for task in ended - {stopping}:
        if not task.cancelled() and task.exception():
            get_logger().error("worker.loop_failed", exc_info=task.exception())
    for task in tasks:
        task.cancel()
    await asyncio.wait([*tasks, asyncio.create_task(asyncio.sleep(0))], timeout=_GRACE_S)
    await asyncio.to_thread(end_export)
    get_logger().info("worker.stopped")
    # Closing the event loop would wait for threads in a 20 s long poll; all else has ended by now.
    os._exit(1 if failed else 0)

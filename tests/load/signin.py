"""How much a sign-in costs beyond its password's hash, and what sign-ins do to those who read meanwhile."""

import asyncio
import json
import time
from collections.abc import Callable

import psutil
import uvloop
from argon2 import PasswordHasher, Type

from tests.load.figures import Figure, at_most_ratio
from tests.load.generator import Round, drive, get
from tests.load.stand import SERVER_CORE, Stand

SIGN_INS = "/api/v1/accounts/sessions"
EXAMS = "/api/v1/exams"
TURNS, PER_TURN = 9, 40
LIST_CONNECTIONS, LIST_S, A_SECOND = 4, 4.0, 5
_RATIO_GOAL, _P99_GOAL = 1.15, 2.0


def signin_figures(stand: Stand) -> list[Figure]:
    return [_cpu_ratio(stand), _list_under_signin(stand)]


def _cpu_ratio(stand: Stand) -> Figure:
    """CPU of the API's process for each sign-in, over CPU of the bare hash in this process.

    One sign-in, one hash, on the same core: a hash right after another finds its 19 MiB in the cache, one that comes
    with a request does not, and that is no cost of the sign-in.
    """
    api, bare = stand.process("accounts-api"), PasswordHasher(2, 19 * 1024, 1, type=Type.ID)
    stored, ours = bare.hash("the same three words"), psutil.Process()
    kept = ours.cpu_affinity()
    api.cpu_affinity([SERVER_CORE])
    ours.cpu_affinity([SERVER_CORE])
    ratios = []
    with stand.workers_paused():
        for _ in range(TURNS):
            hashing, before = 0.0, _cpu(api)
            for _ in range(PER_TURN):
                _sign_in(stand)
                began = time.process_time()
                bare.verify(stored, "the same three words")
                hashing += time.process_time() - began
            ratios.append((_cpu(api) - before) / hashing)
    ours.cpu_affinity(kept)
    return at_most_ratio("accounts.signin_cpu_ratio", ratios, "x its argon2id hash", _RATIO_GOAL)


def _list_under_signin(stand: Stand) -> Figure:
    """p99 of the exam list at four connections while five people a second sign in, over quiet.

    The two APIs are processes of their own; they share the one core that the servers are pinned to.
    """
    doctor = stand.person("doctor")
    port, request = stand.ports["exam-results"], get(EXAMS, doctor.token)
    psutil.Process(stand.live.pid("accounts-api")).cpu_affinity(
        psutil.Process(stand.live.pid("exam-results-api")).cpu_affinity()
    )
    ratios = []
    for _ in range(TURNS):
        quiet = uvloop.run(_list(port, lambda: request))
        busy = uvloop.run(_list_while_signing_in(stand, port, lambda: request))
        ratios.append(busy.quantile(0.99) / quiet.quantile(0.99))
    return at_most_ratio("accounts.list_p99_under_signin", ratios, "x quiet", _P99_GOAL)


async def _list(port: int, request: Callable[[], bytes]) -> Round:
    return await drive(port, request, connections=LIST_CONNECTIONS, seconds=LIST_S)


async def _list_while_signing_in(stand: Stand, port: int, request: Callable[[], bytes]) -> Round:
    async def sign_ins() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.to_thread(_sign_in, stand)
            await asyncio.sleep(max(0.0, 1 / A_SECOND - (time.perf_counter() - started)))

    task = asyncio.create_task(sign_ins())
    try:
        return await _list(port, request)
    finally:
        task.cancel()
        await asyncio.wait([task])


def _sign_in(stand: Stand) -> None:
    """A patient's: one hash and no code."""
    patient = stand.people["patient"]
    body = json.dumps({"login": patient.login, "password": patient.password})
    address = f"http://127.0.0.1:{stand.ports['accounts']}{SIGN_INS}"
    answer = stand.http.post(address, content=body, headers={"Content-Type": "application/json"})
    answer.raise_for_status()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)

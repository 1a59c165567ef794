"""`make bench`: how fast Laudo is beside a bare route and a bare queue, taken in the same run.

Ours and the bare one take turns, so that a busy machine slows both; a figure is the median over the turns. Throughput
is taken with PostgreSQL durable, the server on one core and the load on the other.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from random import Random
from uuid import uuid4

import httpx
import uvloop

from services.file_management.domain.verification import ReleaseMark
from tests.load import seeding
from tests.load.figures import LATEST, Figure, at_least, at_most, over_bare, write
from tests.load.generator import NextRequest, Round, drive, get, post
from tests.load.journey import EXAMS, HOPS, BareQueue, Journey
from tests.load.pages import cpu_ms_per_page
from tests.load.signin import signin_figures
from tests.load.stand import Stand, stand
from tests.load.tokens import token_figures

CONNECTIONS = 16
TURNS, TURN_S = 7, 1.5
JOURNEYS, COMMITS = 30, 120
PAGES = 15
MARK = ReleaseMark("ABCD-EFGH-JKMN-PQRS", "http://localhost:8080/verificar", "Assinado digitalmente.")


def main() -> int:
    with stand() as ready:
        say("the product is up")
        figures, exam_ids = journey_figures(ready)
        asyncio.run(seeding.seed(ready.database_url, exam_ids[0]))
        say(f"{seeding.EXAMS} exams of {seeding.PATIENTS} patients are there")
        figures += throughput_figures(ready, exam_ids)
        figures += signin_figures(ready)
        rss = ready.process("exam-results-api").memory_info().rss / 1e6
        figures.append(at_most("core.api_rss_mb", [rss], "MB", 130))
        document = asyncio.run(seeding.snapshot(ready.database_url, exam_ids[0]))
    figures.append(at_most("core.pdf_cpu_ms_per_page", cpu_ms_per_page(document, MARK, PAGES), "ms CPU", 160))
    figures += token_figures()
    write(figures)
    for figure in figures:
        say(
            f"{'met   ' if figure.met else 'MISSED'} {figure.name}: {figure.value} {figure.unit} ({figure.goal})"
        )
    say(f"written to {LATEST}")
    return 0


def journey_figures(ready: Stand) -> tuple[list[Figure], list[str]]:
    """Exams on their whole way, with nothing else going on."""
    topology = json.loads((LATEST.parents[2] / "topology.json").read_text("utf-8"))
    bare = BareQueue(ready, topology["region"], topology["account_id"])
    base = f"http://127.0.0.1:{ready.ports['exam-results']}"
    with httpx.Client(base_url=base, timeout=30) as exams:
        journey = Journey(ready, exams, bare)
        times = journey.run(JOURNEYS, COMMITS)
    bare.close()
    told, hops = journey.told_apart_from_report(), times.bare_hop
    three_hops = [sum(hops[at : at + HOPS]) for at in range(0, len(hops) - HOPS + 1, HOPS)]
    say(f"bare SNS->SQS p50 {statistics.median(times.bare_hop):.0f} ms; {len(told)} exams went the whole way")
    relayed, handled = map(statistics.median, (times.commit_to_published, times.commit_to_handler))
    say(f"committed to published p50 {relayed:.0f} ms, to the handler {handled:.0f} ms")
    return [
        over_bare("core.commit_to_handler_ms", times.commit_to_handler, times.bare_hop, 5, (95, 15)),
        over_bare("core.released_to_told_ms", told, three_hops, 30, (95, 60)),
    ], times.exam_ids


def throughput_figures(ready: Stand, exam_ids: list[str]) -> list[Figure]:
    random = Random(20)
    released, patients = asyncio.run(seeding.samples(ready.database_url))
    doctor = ready.person("doctor")
    listed = doctor.get("/api/v1/files", exam_id=exam_ids[0]).json()["items"]
    file_ids = [item["id"] for item in listed]

    def order() -> bytes:
        body = json.dumps({"patient_id": random.choice(patients), "code": "HEMO", "priority": "routine"})
        return post(EXAMS, doctor.token, body.encode(), str(uuid4()))

    exams, files = ready.ports["exam-results"], ready.ports["file-management"]
    paths: list[tuple[str, int, float, int, Callable[[], bytes]]] = [
        ("core.list_vs_bare", exams, 35, 200, lambda: get(EXAMS, doctor.token)),
        (
            "core.page_vs_bare",
            exams,
            30,
            200,
            lambda: get(f"{EXAMS}/{random.choice(released)}", doctor.token),
        ),
        ("core.register_vs_bare", exams, 25, 201, order),
        (
            "core.download_vs_bare",
            files,
            30,
            302,
            lambda: get(f"/api/v1/files/{random.choice(file_ids)}/download", doctor.token),
        ),
    ]
    ready.pin()
    found = []
    with ready.workers_paused():
        for name, port, goal, status, request in paths:
            ratios = uvloop.run(beside_bare(name, ready.bare_port, port, request, status))
            found.append(at_least(name, ratios, goal))
        asyncio.run(seeding.forget_outbox(ready.database_url))
    return found


async def beside_bare(name: str, bare_port: int, port: int, request: NextRequest, status: int) -> list[float]:
    """Return our share of the bare route's requests per second, in percent, one for each pair of turns."""
    first = await drive(port, request, connections=CONNECTIONS, seconds=1)
    bare_request = get(f"/bytes/{first.body_bytes // len(first.latencies)}")
    ratios: list[float] = []
    rounds: list[Round] = []
    for _ in range(TURNS):
        bare = await drive(bare_port, lambda: bare_request, connections=CONNECTIONS, seconds=TURN_S)
        ours = await drive(port, request, connections=CONNECTIONS, seconds=TURN_S)
        if set(ours.statuses) != {status}:
            raise RuntimeError(f"{name}: answers were {ours.statuses}")
        ratios.append(100 * ours.per_second / bare.per_second)
        rounds.append(ours)
    say(
        f"{name}: {statistics.median(ratios):.1f} %, {statistics.median(r.per_second for r in rounds):.0f}/s, "
        f"p50 {1000 * statistics.median(r.quantile(0.5) for r in rounds):.1f} ms, "
        f"p99 {1000 * statistics.median(r.quantile(0.99) for r in rounds):.1f} ms"
    )
    return ratios


def say(what: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())

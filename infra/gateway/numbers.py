"""`/local/numbers`: what every process says of itself at its `/metrics`, renewed every two seconds. Local only."""

import html
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from infra.gateway.pages import language_of, page, respond
from infra.gateway.readings import Reading, Readings
from infra.gateway.words import WORDS, Words

_REQUESTS = "laudo_http_request_duration_seconds"
_OUTCOMES = ("done", "repeat", "stale", "parked", "failed", "malformed")
_REFRESH_S = 2
_FEW = 4  # columns: not spread over the whole width
_STILL = b"still"  # the query that stops the renewal, for those who read slowly or by ear
_STYLE = """
main{max-width:64rem} h2{font-size:1.1rem;margin:0 0 .5rem} h3{font-size:1rem;margin:1rem 0 .25rem}
.wide{overflow-x:auto} table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem .2rem 0;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{color:var(--quiet);font-weight:500} th:first-child,td:first-child{text-align:left}
td:first-child{position:sticky;left:0;background:var(--card)}
.few{width:auto} .few th,.few td{padding-right:1.5rem;text-align:left}
.bad{color:#b3261e;font-weight:600} @media (prefers-color-scheme:dark){.bad{color:#ff8a80}}
nav a{margin-right:1rem}
"""


class Numbers:
    def __init__(self, addresses: Mapping[str, str]) -> None:
        """`addresses` names every process, e.g. `{"accounts-api": "http://127.0.0.1:41001"}`."""
        self._readings = Readings(addresses)

    async def close(self) -> None:
        await self._readings.close()

    async def __call__(self, scope: Any, send: Any) -> None:
        language = language_of(scope["headers"])
        still = scope["query_string"] == _STILL
        body = _page(await self._readings.now(), language, still=still)
        policy = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")
        await respond(send, 200, b"text/html; charset=utf-8", body, [policy])


def _page(readings: Sequence[Reading], language: str, *, still: bool) -> bytes:
    words = WORDS[language]
    renewal = ("/local/numbers", words.go_on) if still else (f"?{_STILL.decode()}", words.stop)
    links = (("/local/outbox", words.outbox), renewal)
    content = "<nav>" + "".join(f'<a href="{to}">{text}</a>' for to, text in links) + "</nav>"
    ordered = sorted(readings, key=_service)
    for service, processes in groupby(ordered, key=_service):
        content += _service_part(service, list(processes), words)
    return page(
        words.title, content, language=language, refresh_s=None if still else _REFRESH_S, style=_STYLE
    )


def _service(reading: Reading) -> str:
    return reading.process.removesuffix("-api").removesuffix("-worker")


def _short(name: str) -> str:
    """`exam-results-worker` is the worker of the part that is titled exam-results: phones are narrow."""
    return html.escape(name.rpartition("-")[2])


def _service_part(service: str, processes: Sequence[Reading], words: Words) -> str:
    parts = [_processes(processes, words)]
    for reading in processes:
        parts += [
            _outbox(reading, words),
            _queues(reading, words),
            _sends(reading, words),
            _reports(reading, words),
        ]
    return f'<article id="{html.escape(service)}"><h2>{html.escape(service)}</h2>{"".join(parts)}</article>'


def _processes(processes: Sequence[Reading], words: Words) -> str:
    rows = []
    for reading in processes:
        if reading.samples is None:
            rows.append([_short(reading.process), f'<span class="bad">{words.silent}</span>', *["–"] * 6])
            continue
        errors = reading.errors()
        rows.append(
            [
                _short(reading.process),
                words.answers,
                _number(reading.total(f"{_REQUESTS}_count")),
                _number(reading.per_second(f"{_REQUESTS}_count"), digits=1),
                _bad_above_zero(errors),
                _number(reading.quantile_ms(_REQUESTS, 0.5), digits=1),
                _number(reading.quantile_ms(_REQUESTS, 0.95), digits=1),
                _number(reading.total("process_resident_memory_bytes") / 1e6),
            ]
        )
    return _table(words.of_processes, rows)


def _outbox(reading: Reading, words: Words) -> str:
    if not reading.by("laudo_outbox_waiting", "store"):
        return ""
    row = [
        _number(reading.total("laudo_outbox_waiting")),
        _number(reading.total("laudo_outbox_lag_seconds"), digits=1),
        _number(reading.total("laudo_outbox_published_total", outcome="accepted")),
        _bad_above_zero(reading.total("laudo_outbox_published_total", outcome="refused")),
    ]
    return f"<h3>{words.outbox_of_events}</h3>" + _table(words.of_outbox, [row])


def _queues(reading: Reading, words: Words) -> str:
    rows = [
        [
            _short(queue),
            _number(waiting),
            _number(reading.total("laudo_queue_in_hand", queue=queue)),
            _number(reading.total("laudo_queue_age_seconds", queue=queue), digits=1),
            _bad_above_zero(reading.total("laudo_dead_letters", queue=queue)),
            *(
                _number(reading.total("laudo_messages_total", queue=queue, outcome=outcome))
                for outcome in _OUTCOMES
            ),
        ]
        for queue, waiting in sorted(reading.by("laudo_queue_waiting", "queue").items())
    ]
    return f"<h3>{words.queues}</h3>" + _table(words.of_queues, rows) if rows else ""


def _sends(reading: Reading, words: Words) -> str:
    outcomes = sorted(reading.by("laudo_sends_total", "outcome"))
    rows = [
        [
            channel,
            *(
                _number(reading.total("laudo_sends_total", channel=channel, outcome=outcome))
                for outcome in outcomes
            ),
        ]
        for channel in sorted(reading.by("laudo_sends_total", "channel"))
    ]
    return (
        f"<h3>{words.sends}</h3>"
        + _table((words.channel, *(words.outcomes.get(each, each) for each in outcomes)), rows)
        if rows
        else ""
    )


def _reports(reading: Reading, words: Words) -> str:
    if not reading.by("laudo_reports_waiting", "stage"):
        return ""
    row = [
        _number(reading.total("laudo_reports_waiting")),
        _number(reading.total("laudo_reports_waiting_seconds"), digits=1),
    ]
    return f"<h3>{words.unsigned}</h3>" + _table(words.of_reports, [row])


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    size = ' class="few"' if len(titles) <= _FEW else ""
    return (
        f'<div class="wide" tabindex="0"><table{size}><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _number(value: float | None, digits: int = 0) -> str:
    if value is None:
        return "–"
    return "&gt; 10 s" if value == float("inf") else f"{value:.{digits}f}"


def _bad_above_zero(value: float) -> str:
    return f'<span class="bad">{_number(value)}</span>' if value else "0"

"""Reads one trace out of the logs of all processes: who did what, in the order of time, ids only."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_HIDDEN = {
    "timestamp",
    "service",
    "event",
    "trace_id",
    "level",
    "clinic_id",
    "event_id",
    "delivery_id",
    "exam_id",
}


def lines_of(trace_id: str, logs: Path) -> list[dict[str, Any]]:
    """Return the log lines that carry `trace_id`, oldest first, from every process's log."""
    found = (line for file in logs.glob("*.jsonl*") for line in _lines(file, trace_id))
    return sorted(found, key=lambda line: str(line["timestamp"]))


def newest_told_trace(logs: Path) -> str | None:
    """Return the trace of the newest word that a result is ready, None when none was sent yet."""
    sent = [
        line
        for file in logs.glob("notification-worker.jsonl*")
        for line in _lines(file, "delivery.sent")
        if line.get("template") == "ready"
    ]
    return str(max(sent, key=lambda line: str(line["timestamp"]))["trace_id"]) if sent else None


def print_trace(console: Console, trace_id: str, logs: Path) -> bool:
    """Print the page; return False when no line carries the trace."""
    table = Table(box=None, pad_edge=False)
    for title in ("time (UTC)", "service", "what happened", ""):
        table.add_column(title)
    lines = lines_of(trace_id, logs)
    for line in lines:
        details = "  ".join(f"{name}={value}" for name, value in line.items() if name not in _HIDDEN)
        table.add_row(str(line["timestamp"])[11:23], line["service"], line["event"], details)
    console.print(f"trace {trace_id}")
    console.print(table)
    return bool(lines)


def _lines(file: Path, text: str) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8", errors="replace") as log:
        for line in log:
            if text in line and line.startswith("{"):
                yield json.loads(line)

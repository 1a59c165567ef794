"""What is written down of a run, and what it is held to."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LATEST = Path(__file__).resolve().parents[2] / "docs" / "bench" / "latest.json"


@dataclass(frozen=True)
class Figure:
    name: str
    value: float | dict[str, float]
    unit: str
    goal: str
    met: bool
    samples: int


def at_least(name: str, ratios: Sequence[float], goal: float) -> Figure:
    """The median share of the bare route's requests per second, in percent."""
    value = round(statistics.median(ratios), 1)
    return Figure(name, value, "% of bare", f">= {goal:g}", value >= goal, len(ratios))


def at_most(name: str, values: Sequence[float], unit: str, goal: float) -> Figure:
    value = round(statistics.median(values), 1)
    return Figure(name, value, unit, f"<= {goal:g}", value <= goal, len(values))


def at_most_ratio(name: str, ratios: Sequence[float], unit: str, goal: float) -> Figure:
    """The median, in thousandths."""
    value = round(statistics.median(ratios), 3)
    return Figure(name, value, unit, f"<= {goal:g}", value <= goal, len(ratios))


def over_bare(
    name: str, values: Sequence[float], bare: Sequence[float], p50_goal: float, high: tuple[int, float]
) -> Figure:
    """Milliseconds beyond the bare queue's, at the median and at a high percentile."""
    percent, high_goal = high
    p50 = round(quantile(values, 0.5) - quantile(bare, 0.5), 1)
    top = round(quantile(values, percent / 100) - quantile(bare, percent / 100), 1)
    return Figure(
        name,
        {"p50": p50, f"p{percent}": top},
        "ms over bare SNS->SQS",
        f"p50 <= {p50_goal:g}, p{percent} <= {high_goal:g}",
        p50 <= p50_goal and top <= high_goal,
        len(values),
    )


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def write(figures: Sequence[Figure]) -> None:
    """Replace the harness's figures; those that other harnesses wrote stay."""
    names = {figure.name for figure in figures}
    known: list[dict[str, Any]] = json.loads(LATEST.read_text("utf-8")) if LATEST.exists() else []
    kept = [item for item in known if item["name"] not in names]
    LATEST.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n ".join(json.dumps(item) for item in [*kept, *(asdict(figure) for figure in figures)])
    LATEST.write_text(f"[{lines}]\n", encoding="utf-8")

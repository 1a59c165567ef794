"""Reads every process's `/metrics` and works out what a person wants to see. Silence is a reading too."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx
from prometheus_client.parser import text_string_to_metric_families

_TIMEOUT_S = 1.5
_READ_AGAIN_AFTER_S = 1.0
_SHOWN = ("laudo_", "process_resident_memory_bytes", "# TYPE laudo_", "# TYPE process_resident_memory_bytes")

Labels = Mapping[str, str]
Samples = Mapping[str, list[tuple[Labels, float]]]


@dataclass(frozen=True)
class Reading:
    """One process at one moment. `samples` is None when it did not answer."""

    process: str
    at: float
    samples: Samples | None
    before: "Reading | None" = field(default=None, repr=False)

    def total(self, metric: str, **labels: str) -> float:
        return sum(value for said, value in self._of(metric) if _fits(said, labels))

    def by(self, metric: str, label: str) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        for said, value in self._of(metric):
            sums[said[label]] += value
        return dict(sums)

    def errors(self) -> float:
        counts = self.by("laudo_http_request_duration_seconds_count", "status")
        return sum(value for status, value in counts.items() if status.startswith("5"))

    def per_second(self, metric: str) -> float | None:
        """Growth since the reading before; None without one, or when the process began anew since."""
        if self.before is None or self.before.samples is None or self.samples is None:
            return None
        grown, seconds = self.total(metric) - self.before.total(metric), self.at - self.before.at
        return grown / seconds if grown >= 0 and seconds > 0 else None

    def quantile_ms(self, metric: str, share: float) -> float | None:
        """The bucket's upper edge under which `share` of all observations lie, in ms; None without any."""
        buckets = sorted((float(edge), count) for edge, count in self.by(f"{metric}_bucket", "le").items())
        if not buckets or not buckets[-1][1]:
            return None
        return next(edge for edge, count in buckets if count >= share * buckets[-1][1]) * 1000

    def _of(self, metric: str) -> list[tuple[Labels, float]]:
        return (self.samples or {}).get(metric, [])


class Readings:
    """Reads at most once a second, however many look."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False)
        self._last: dict[str, Reading] = {}
        self._reading = asyncio.Lock()
        self._read_at = 0.0

    async def close(self) -> None:
        await self._http.aclose()

    async def now(self) -> list[Reading]:
        """Return one reading per process, in the order of the addresses."""
        async with self._reading:
            if time.monotonic() - self._read_at > _READ_AGAIN_AFTER_S:
                found = await asyncio.gather(*map(self._read, self._addresses))
                self._last = {reading.process: reading for reading in found}
                self._read_at = time.monotonic()
            return list(self._last.values())

    async def _read(self, process: str) -> Reading:
        last = self._last.get(process)
        before = Reading(last.process, last.at, last.samples) if last else None
        try:
            answer = await self._http.get(self._addresses[process] + "/metrics")
            answer.raise_for_status()
            samples = await asyncio.to_thread(_parse, answer.text)
        except (httpx.HTTPError, ValueError):
            return Reading(process, time.monotonic(), None, before)
        return Reading(process, time.monotonic(), samples, before)


def _parse(text: str) -> Samples:
    found: dict[str, list[tuple[Labels, float]]] = defaultdict(list)
    for family in text_string_to_metric_families("\n".join(_lines_shown(text))):
        for sample in family.samples:
            found[sample.name].append((sample.labels, sample.value))
    return found


def _lines_shown(text: str) -> Iterable[str]:
    """Parsing costs more than fetching: only what is shown is parsed."""
    return (line for line in text.splitlines() if line.startswith(_SHOWN))


def _fits(said: Labels, wanted: Labels) -> bool:
    return all(said.get(name) == value for name, value in wanted.items())

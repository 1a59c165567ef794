"""From release to reader, step by step, as the files and the notification log show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.portal.application.documents import signed_report
from services.portal.application.ports import Json

StepKey = Literal["released", "signed", "opened", "told"]
TOLD = frozenset({"sent", "delivered"})
_AVAILABLE = "ready"  # the template that tells a patient of a result
NOT_TOLD = frozenset({"failed", "suppressed", "unknown"})


@dataclass(frozen=True, slots=True)
class Step:
    key: StepKey
    is_done: bool
    at: str | None = None
    is_failed: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    steps: tuple[Step, ...]

    @property
    def is_settled(self) -> bool:
        return all(step.is_done or step.is_failed for step in self.steps)


def progress(files: Iterable[Json], notices: Iterable[Json] | None, report_version: int) -> Progress:
    """`notices` is None where the person may not read the log; then the last step is left out."""
    report = signed_report(files, report_version)
    steps = [
        Step("released", is_done=True),
        Step("signed", is_done=report is not None, at=report["created_at"] if report else None),
        Step("opened", is_done=report is not None and report["status"] in ("opened", "replaced")),
    ]
    if notices is not None:
        steps.append(_told([notice for notice in notices if notice["template"] == _AVAILABLE]))
    return Progress(tuple(steps))


def _told(notices: list[Json]) -> Step:
    sent = [notice for notice in notices if notice["state"] in TOLD]
    gave_up = bool(notices) and all(notice["state"] in NOT_TOLD for notice in notices)
    at = min((notice["sent_at"] for notice in sent if notice["sent_at"]), default=None)
    return Step("told", is_done=bool(sent), at=at, is_failed=gave_up)

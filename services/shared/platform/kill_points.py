"""Named places where a fault test ends the process with SIGKILL, exactly there and once.

Off unless bootstrap arms a folder; then a file named like the point is the order to die when it is reached.
"""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

POINTS = frozenset(
    {
        "after_commit_before_relay",
        "after_publish_before_mark",
        "after_receive_before_effect",
        "after_effect_before_delete",
        "while_rendering",
        "while_signing",
        "while_storing",
        "after_acceptance_before_record",
    }
)
_armed: list[Path] = []
_INTO_THE_WORK_S = 0.1


def arm(folder: Path | None) -> None:
    """Watch `folder` from now on; None disarms."""
    _armed[:] = [folder] if folder else []


def reached(point: str) -> None:
    """Die here when the armed folder holds a file named `point`; the file is taken first, so it works once."""
    if not _armed:
        return
    if point not in POINTS:
        raise ValueError(point)
    try:
        (_armed[0] / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


async def reached_during(point: str, work: "asyncio.Future[Any]") -> None:
    """As `reached`, a moment after `work` has begun; no moment is waited for unless a folder is armed."""
    if _armed:
        await asyncio.wait({work}, timeout=_INTO_THE_WORK_S)
        reached(point)

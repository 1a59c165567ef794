"""Alarms as log lines at error level; the log's metric filter turns them into a call."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from services.shared.platform.logs import get_logger


class LoggedAlarm:
    def raise_alarm(
        self,
        what: Literal["report.check_failed", "report.signature_broken"],
        exam_id: UUID,
        report_version: int,
        where: Sequence[str],
    ) -> None:
        state = what.removeprefix("report.")
        get_logger().error(
            what, state=state, exam_id=exam_id, report_version=report_version, reason=" ".join(where)
        )

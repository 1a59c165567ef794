"""Asks exam-results, with the caller's own token, whether a relation lets the caller in."""

from uuid import UUID

import httpx

from services.file_management.application.ports import LetIn
from services.shared.kernel.errors import UNAVAILABLE
from services.shared.platform.tracing import current_traceparent

_TIMEOUT_S = 5


class HttpRelations:
    """`exams_url` is the service's address without its path prefix; without one nobody is let in."""

    def __init__(self, http: httpx.AsyncClient, exams_url: str | None) -> None:
        self._http = http
        self._exams_url = exams_url

    async def lets_in(self, authorization: str, exam_id: UUID, person_id: UUID) -> LetIn | None:
        if self._exams_url is None:
            return None
        try:
            answer = await self._http.get(
                f"{self._exams_url}/api/v1/exams/{exam_id}/access",
                params={"person_id": str(person_id)},
                headers={"Authorization": authorization, "traceparent": current_traceparent()},
                timeout=_TIMEOUT_S,
            )
        except httpx.HTTPError as error:
            raise UNAVAILABLE.error() from error
        if answer.is_server_error:
            raise UNAVAILABLE.error()
        if answer.status_code != httpx.codes.OK:
            return None
        said = answer.json()
        return LetIn(purpose=str(said["purpose"]), step_up_needed=said["step_up_needed"] is not False)

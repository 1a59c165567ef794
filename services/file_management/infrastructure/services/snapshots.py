"""What a report is made from, fetched from its owners with this service's own token."""

from uuid import UUID

import httpx

from services.file_management.application.ports import Document
from services.file_management.domain.snapshot import Identifiers, Stage
from services.shared.kernel.errors import UNAVAILABLE
from services.shared.platform.service_client import ServiceClient


class HttpSnapshotSource:
    """`exams_url` and `accounts_url` are the services' addresses without their path prefix."""

    def __init__(self, client: ServiceClient, *, exams_url: str, accounts_url: str) -> None:
        self._client = client
        self._exams_url = exams_url
        self._accounts_url = accounts_url

    async def snapshot(self, exam_id: UUID, report_version: int, stage: Stage) -> Document:
        url = f"{self._exams_url}/api/v1/exams/{exam_id}/reports/{report_version}/snapshot"
        document: Document = _body(await self._client.get(url, stage=stage))
        return document

    async def identifiers(self, patient_id: UUID) -> Identifiers:
        url = f"{self._accounts_url}/api/v1/accounts/patients/{patient_id}/identifiers"
        found = _body(await self._client.get(url))
        return Identifiers(cpf=found.get("cpf"), cns=found.get("cns"))


def _body(answer: httpx.Response) -> Document:
    """Anything but the thing itself is a failure to come back to: the event promised that it exists."""
    if answer.status_code != httpx.codes.OK:
        raise UNAVAILABLE.error()
    body: Document = answer.json()
    return body

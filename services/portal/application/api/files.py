"""What the portal asks of file-management (`/api/v1/files`)."""

from services.portal.application.ports import ApiGateway, Caller, Json


class FilesApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def of_exam(self, caller: Caller, exam_id: str) -> list[Json]:
        answer = await self._gateway.call(caller, "files", "GET", "", params={"exam_id": exam_id})
        return list(answer["items"])

    async def download_url(self, caller: Caller, file_id: str) -> str:
        """Return a presigned address of the store, good for 60 s. Authorising and auditing it is the service's."""
        answer = await self._gateway.call(
            caller, "files", "GET", f"/{file_id}/download", params={"as": "json"}
        )
        return str(answer["url"])

    async def check_code(self, caller: Caller, code: str) -> Json:
        """Ask what a printed code proves; `code` is letters and digits only, so that it fits an address."""
        return await self._gateway.call(caller, "files", "GET", f"/verification/{code}")

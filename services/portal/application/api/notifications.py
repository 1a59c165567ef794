"""What the portal asks of notification (`/api/v1/notifications`)."""

from services.portal.application.ports import ApiGateway, Caller, Json


class NotificationsApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def log(self, caller: Caller, cursor: str | None = None) -> Json:
        params = {"cursor": cursor} if cursor else None
        return await self._gateway.call(caller, "notifications", "GET", "", params=params)

    async def of_exam(self, caller: Caller, exam_id: str) -> list[Json]:
        answer = await self._gateway.call(caller, "notifications", "GET", "", params={"exam_id": exam_id})
        return list(answer["items"])

    async def preferences(self, caller: Caller) -> Json:
        return await self._gateway.call(caller, "notifications", "GET", "/preferences")

    async def choose(self, caller: Caller, *, email: bool, sms: bool) -> Json:
        body = {"email": email, "sms": sms}
        return await self._gateway.call(caller, "notifications", "PUT", "/preferences", body=body)

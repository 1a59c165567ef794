"""The calls about terms, privacy notice and consents; each returns accounts' JSON as it came."""

from services.portal.application.ports import ApiGateway, Caller, Json


class ConsentsApi:
    def __init__(self, gateway: ApiGateway) -> None:
        self._gateway = gateway

    async def of(self, caller: Caller, on_behalf_of: str = "") -> Json:
        """Return how the caller, or a minor whose guardian the caller is, stands to each text, and all answers."""
        params = {"locale": caller.locale} | ({"on_behalf_of": on_behalf_of} if on_behalf_of else {})
        return await self._gateway.call(caller, "accounts", "GET", "/consents", params=params)

    async def answer(self, caller: Caller, kind: str, act: str, version: int, on_behalf_of: str = "") -> None:
        """Send the answer to a text that was shown in the caller's language."""
        body = {"act": act, "version": version, "locale": caller.locale}
        if on_behalf_of:
            body["on_behalf_of"] = on_behalf_of
        await self._gateway.call(caller, "accounts", "PUT", f"/consents/{kind}", body=body)

    async def text(self, caller: Caller, kind: str, version: int | None = None) -> Json:
        params = {"locale": caller.locale} | ({"version": str(version)} if version else {})
        return await self._gateway.call(caller, "accounts", "GET", f"/consents/texts/{kind}", params=params)

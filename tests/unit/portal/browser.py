"""A browser without a screen: keeps cookies, follows forms the way a person's would, without JavaScript."""

from html.parser import HTMLParser
from typing import Any

import httpx

from services.portal.interface.http.visit import SESSION_COOKIE
from tests.unit.portal.fake.people import CODE, PASSWORD


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1][1][given["name"]] = given["value"]
        if "href" in given:
            self.links.append(given["href"])


class Browser:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = httpx.Response(200)

    async def open(self, path: str, **headers: str) -> httpx.Response:
        self.page = await self.client.get(path, headers=headers)
        return self.page

    async def send(self, action: str, typed: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Send the form of the current page that goes to `action`, hidden fields included, and follow it."""
        self.page = await self.client.post(
            action, data=self.hidden(action) | (typed or {}), headers=headers, follow_redirects=True
        )
        return self.page

    def hidden(self, action: str) -> dict[str, str]:
        parser = _Fields()
        parser.feed(self.page.text)
        for goes_to, fields in parser.forms:
            if goes_to == action:
                return dict(fields)
        raise AssertionError(f"no form to {action} on this page")

    def links(self) -> list[str]:
        parser = _Fields()
        parser.feed(self.page.text)
        return parser.links

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        await self.open("/entrar")
        await self.send("/entrar", {"login": login, "password": password})
        if self.page.url.path == "/entrar/codigo":
            await self.send("/entrar/codigo", {"code": CODE})
        return self.page

    @property
    def session_id(self) -> str | None:
        return self.client.cookies.get(SESSION_COOKIE)

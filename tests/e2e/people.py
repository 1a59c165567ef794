"""Demo people in front of a browser: they sign in as a person would, with the codes their authenticator shows."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import pyotp
from playwright.async_api import Page

_STEP_S = 30
_used: dict[str, int] = {}


@dataclass(frozen=True)
class Someone:
    """A demo person (see infra/local/demo/people.yaml)."""

    name: str
    login: str
    password: str
    totp_secret: str | None

    @classmethod
    def of(cls, person: dict[str, Any]) -> "Someone":
        name = person.get("social_name") or person["name"]
        return cls(name, person["login"], person["password"], person.get("totp_secret"))

    async def next_code(self) -> str:
        """Return a code that was not used yet. One step ahead is accepted, so this seldom waits."""
        assert self.totp_secret is not None
        step = max(int(time.time()) // _STEP_S, _used.get(self.login, 0) + 1)
        while step > int(time.time()) // _STEP_S + 1:
            await asyncio.sleep(0.5)
        _used[self.login] = step
        return pyotp.TOTP(self.totp_secret).at(step * _STEP_S)


async def sign_in(page: Page, someone: Someone) -> None:
    await page.goto("/entrar")
    await page.fill("#f-login", someone.login)
    await page.fill("#f-password", someone.password)
    await page.click("main button")
    if someone.totp_secret is not None:
        await prove(page, someone, "/entrar/codigo")
    await page.wait_for_selector("details.menu")


async def prove(page: Page, someone: Someone, path: str) -> None:
    """Type codes until one is taken: another test may have used the current one."""
    for _ in range(3):
        await page.fill("#f-code", await someone.next_code())
        await page.click("main form button:not(.second)")
        await page.wait_for_load_state()
        if not page.url.endswith(path):
            return
    raise AssertionError(f"no code was taken at {path}: {await page.inner_text('main')}")

"""A headless Chromium in front of the running product, and the main job done once for those who read its outcome."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.e2e import job
from tests.e2e.job import Exam
from tests.e2e.people import Someone, sign_in
from tests.support.live import LiveSystem

OpenPage = Callable[..., Awaitable[Page]]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"),  # None: the one Playwright installed
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        yield browser
        await browser.close()


# What htmx says when the browser drops a request because the person went to another page meanwhile. A request
# that failed is told as htmx:sendError or htmx:responseError as well, and those are complaints.
_LEFT_THE_PAGE = ("htmx:sendAbort", "htmx:afterRequest")


class Complaints:
    """What the browser complained of: scripts that failed and content that the policy refused."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        expected = "Failed to load resource" in message.text or message.text.startswith(_LEFT_THE_PAGE)
        if message.type == "error" and not expected:
            self.heard.append(message.text)


_signed_in: dict[str, Any] = {}  # login -> the browser's cookies after signing in once


async def new_page(
    chromium: Browser, url: str, someone: Someone | None, complaints: Complaints, **options: Any
) -> Page:
    """A code of the authenticator works once, so a person signs in once and comes back with the cookie, unless that
    was replaced meanwhile: confirming a release changes it.
    """
    options = {"base_url": url, "viewport": DESK, "locale": "pt-BR"} | options
    if someone is not None:
        options["storage_state"] = _signed_in.get(someone.login)
    context = await chromium.new_context(**options)
    page = await context.new_page()
    page.set_default_timeout(30_000)
    complaints.listen(page)
    if someone is not None:
        if someone.login in _signed_in:
            await page.goto("/")
        if someone.login not in _signed_in or "/entrar" in page.url:
            await sign_in(page, someone)
            _signed_in[someone.login] = await context.storage_state()
    return page


@pytest.fixture
async def open_page(chromium: Browser, live_system: LiveSystem) -> AsyncIterator[OpenPage]:
    """Open a page of one's own for a person (or a stranger); the browser must not complain meanwhile."""
    opened: list[BrowserContext] = []
    complaints = Complaints()

    async def open_for(someone: Someone | None = None, **options: Any) -> Page:
        page = await new_page(chromium, live_system.url, someone, complaints, **options)
        opened.append(page.context)
        return page

    yield open_for
    for context in opened:
        await context.close()
    assert complaints.heard == []


def _someone(role: str, *, clinic: int = 0, skip: int = 0) -> Callable[[LiveSystem], Someone]:
    @pytest.fixture(scope="session")
    def person(live_system: LiveSystem) -> Someone:
        return Someone.of(live_system.person(role, clinic=clinic, skip=skip))

    return person


doctor = _someone("doctor")
receptionist = _someone("receptionist")
technician = _someone("technician")
releaser = _someone("releaser")
administrator = _someone("administrator")
auditor = _someone("auditor")
patient = _someone("patient")
other_patient = _someone("patient", skip=1)
technician_of_b = _someone("technician", clinic=1)


@pytest.fixture(scope="session")
async def released_exam(
    chromium: Browser,
    live_system: LiveSystem,
    doctor: Someone,
    technician: Someone,
    releaser: Someone,
    patient: Someone,
) -> Exam:
    """The whole job, done once."""
    complaints = Complaints()

    async def page_of(someone: Someone) -> Page:
        return await new_page(chromium, live_system.url, someone, complaints)

    page = await page_of(doctor)
    exam = await job.order(page, patient, urgent=True)
    await page.context.close()
    page = await page_of(technician)
    await job.collect(page, exam)
    await job.type_values(page, job.BLOOD_COUNT)
    await job.complete(page, exam)
    await page.context.close()
    page = await page_of(releaser)
    await job.release(page, exam, releaser)
    await job.wait_until_open(page, exam)
    await page.context.close()
    assert complaints.heard == []
    return exam

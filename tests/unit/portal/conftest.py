"""The portal, whole, over a fake of the services' API."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.portal.bootstrap.settings import PortalSettings
from services.portal.bootstrap.wiring import bases, compose, seal_of
from services.portal.infrastructure.api.gateway import HttpGateway
from services.portal.infrastructure.sessions.in_memory import InMemorySealedStore
from services.portal.interface.http.application import create_portal
from services.shared.kernel.clock import FixedClock
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.api import fake_api
from tests.unit.portal.fake.blood_count import VALUES
from tests.unit.portal.fake.exams import fill, new_exam
from tests.unit.portal.fake.people import DOCTOR
from tests.unit.portal.fake.state import Json, World

SETTINGS = PortalSettings(
    redis_url="redis://unused",
    accounts_url="http://api.test",
    exams_url="http://api.test",
    files_url="http://api.test",
    notifications_url="http://api.test",
    portal_session_key=SecretStr("a key of the unit tests, long enough"),
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC))


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


def new_app() -> FastAPI:
    return create_portal(lifespan=_nothing, checks={}, https=False)


@pytest.fixture(scope="session")
def built_once() -> FastAPI:
    """Building forty routes takes longer than a test; what they work with is new for each."""
    return new_app()


@pytest.fixture
async def portal_app(built_once: FastAPI, world: World, clock: FixedClock) -> AsyncIterator[FastAPI]:
    app = built_once
    async with httpx.AsyncClient(transport=httpx.ASGITransport(fake_api(world))) as http:
        store = InMemorySealedStore(seal_of(SETTINGS), clock)
        app.state.portal = compose(SETTINGS, HttpGateway(http, bases(SETTINGS)), store, clock)
        yield app


NewBrowser = Callable[[], Browser]


@pytest.fixture
async def new_browser(portal_app: FastAPI) -> AsyncIterator[NewBrowser]:
    opened: list[httpx.AsyncClient] = []

    def make() -> Browser:
        transport = httpx.ASGITransport(portal_app, raise_app_exceptions=False)
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://portal.test"))
        return Browser(opened[-1])

    yield make
    for client in opened:
        await client.aclose()


@pytest.fixture
def browser(new_browser: NewBrowser) -> Browser:
    return new_browser()


@pytest.fixture
def exam(world: World) -> Json:
    """A blood count ordered by the doctor for Ana, just registered."""
    patient_id = next(iter(world.records))
    order = {"patient_id": patient_id, "code": "HEMO", "priority": "routine", "clinical_note": "Cansaço."}
    return new_exam(world, world.people[DOCTOR], order)


@pytest.fixture
def typed_exam(exam: Json) -> Json:
    """The same in analysis, all values typed."""
    exam["state"] = "in_analysis"
    fill(exam, VALUES)
    return exam

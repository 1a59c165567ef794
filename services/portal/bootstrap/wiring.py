"""Builds the portal from its settings: the only place that constructs adapters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from services.portal.application.accesses import Accesses
from services.portal.application.api.access_logs import AccessLogsApi
from services.portal.application.api.accounts import AccountsApi
from services.portal.application.api.audit import AuditApi
from services.portal.application.api.consents import ConsentsApi
from services.portal.application.api.dead_letters import DeadLettersApi
from services.portal.application.api.exams import ExamsApi
from services.portal.application.api.files import FilesApi
from services.portal.application.api.identity import IdentityApi
from services.portal.application.api.machines import MachinesApi
from services.portal.application.api.merges import MergesApi
from services.portal.application.api.notifications import NotificationsApi
from services.portal.application.api.privacy import PrivacyApi
from services.portal.application.api.relations import RelationsApi
from services.portal.application.api.security import SecurityApi
from services.portal.application.api.staff import StaffApi
from services.portal.application.audit_trail import AuditTrail
from services.portal.application.ports import ApiGateway, SealedStore, Service
from services.portal.application.searches import Searches
from services.portal.application.sessions import Sessions
from services.portal.bootstrap.settings import PortalSettings
from services.portal.infrastructure.api.gateway import HttpGateway
from services.portal.infrastructure.sessions.sealing import Seal, derive_key
from services.portal.infrastructure.sessions.valkey import ValkeySealedStore
from services.portal.interface.http.application import create_portal
from services.portal.interface.http.csrf import CsrfTokens
from services.portal.interface.http.portal import Portal
from services.portal.interface.http.rendering import Pages
from services.shared.kernel.clock import Clock, SystemClock
from services.shared.platform.messaging.wakeup import valkey_client

_CONNECTIONS = httpx.Limits(max_connections=200, max_keepalive_connections=50)


def bases(settings: PortalSettings) -> dict[Service, str]:
    return {
        "accounts": settings.accounts_url.rstrip("/") + "/api/v1/accounts",
        "exams": settings.exams_url.rstrip("/") + "/api/v1/exams",
        "files": settings.files_url.rstrip("/") + "/api/v1/files",
        "notifications": settings.notifications_url.rstrip("/") + "/api/v1/notifications",
    }


def compose(settings: PortalSettings, gateway: ApiGateway, store: SealedStore, clock: Clock) -> Portal:
    """Put the parts together; tests pass their own gateway, store and clock to this same function."""
    accounts, security = AccountsApi(gateway), SecurityApi(gateway)
    return Portal(
        accounts=accounts,
        exams=ExamsApi(gateway),
        files=FilesApi(gateway),
        notifications=NotificationsApi(gateway),
        dead_letters=DeadLettersApi(gateway),
        staff=StaffApi(gateway),
        identity=IdentityApi(gateway),
        merges=MergesApi(gateway),
        machines=MachinesApi(gateway),
        audit=AuditTrail(AuditApi(gateway)),
        privacy=PrivacyApi(gateway),
        consents=ConsentsApi(gateway),
        accesses=Accesses(AccessLogsApi(gateway), accounts),
        relations=RelationsApi(gateway),
        security=security,
        sessions=Sessions(accounts, security, store, clock, settings.session_idle_s),
        searches=Searches(store),
        store=store,
        pages=Pages(clock),
        csrf=CsrfTokens(derive_key(settings.portal_session_key.get_secret_value(), "csrf")),
        clock=clock,
        https=settings.https,
    )


def seal_of(settings: PortalSettings) -> Seal:
    return Seal(derive_key(settings.portal_session_key.get_secret_value(), "sessions"))


def build(settings: PortalSettings) -> FastAPI:
    valkey = valkey_client(settings.redis_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(limits=_CONNECTIONS, follow_redirects=False) as http:
            gateway = HttpGateway(http, bases(settings))
            store = ValkeySealedStore(valkey, seal_of(settings))
            app.state.portal = compose(settings, gateway, store, SystemClock())
            yield
        await valkey.aclose()

    return create_portal(lifespan=lifespan, checks={"valkey": valkey.ping}, https=settings.https)

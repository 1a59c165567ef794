"""The HTTP API's process: `python -m services.notification.bootstrap.api`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from services.notification.bootstrap.dead_letters import build_dead_letters
from services.notification.bootstrap.settings import NotificationSettings
from services.notification.bootstrap.wiring import build_readers, mongo_stores
from services.notification.infrastructure.persistence.clinic_log import MongoClinicLog
from services.notification.infrastructure.persistence.database import connect
from services.notification.interface.http.routes import router
from services.shared.kernel.clock import SystemClock
from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.dead_letters.routes import dead_letter_routes
from services.shared.platform.http.access_routes import audit_routes
from services.shared.platform.http.api import create_api
from services.shared.platform.http.limits import Limits
from services.shared.platform.process import serve_api
from services.shared.platform.revocations import following

PREFIX = "/api/v1/notifications"


def build_api(settings: NotificationSettings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            connect(settings.mongo_url) as mongo,
            httpx.AsyncClient() as http,
            following(settings.redis_url) as revocations,
        ):
            app.state.revocations = revocations
            app.state.mongo = mongo
            app.state.limits = Limits(factor=settings.limit_factor)
            stores = mongo_stores(mongo[settings.mongo_database], settings)
            app.state.readers = build_readers(stores, SystemClock())
            app.state.access_log = MongoClinicLog(mongo[settings.mongo_database])
            app.state.dead_letters = build_dead_letters(settings, stores.audit)
            app.state.token_verifier = JwksTokenVerifier(
                issuer=settings.issuer,
                audience=settings.audience,
                jwks_url=settings.jwks_url,
                http=http,
                revocations=revocations,
                others=settings.other_issuers,
            )
            yield

    async def revocations_are_current() -> None:
        await app.state.revocations.is_current()

    async def mongo_answers() -> Any:
        return await app.state.mongo.admin.command("ping")

    app = create_api(
        title="Laudo notifications",
        prefix=PREFIX,
        routers=[dead_letter_routes(), audit_routes(), router],  # neither is a delivery's id
        token_verifier=None,
        checks={"mongo": mongo_answers, "revocations": revocations_are_current},
        lifespan=lifespan,
    )
    return app


def main() -> None:
    settings = NotificationSettings()
    serve_api(build_api(settings), settings, "notification")


if __name__ == "__main__":
    main()

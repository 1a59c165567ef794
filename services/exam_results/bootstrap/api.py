"""The API process: `python -m services.exam_results.bootstrap.api`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from services.exam_results.bootstrap.dead_letters import build_dead_letters
from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import PREFIX, SERVICE, Core, build_core
from services.exam_results.infrastructure.persistence.access_log import exam_access_log
from services.exam_results.infrastructure.reference_data.catalogue_file import shipped_catalogue
from services.exam_results.infrastructure.reference_data.lifecycle_file import shipped_lifecycle
from services.exam_results.interface.http.bench import bench_router
from services.exam_results.interface.http.desk import build_desk
from services.exam_results.interface.http.orders import orders_router
from services.exam_results.interface.http.relations import relations_router
from services.exam_results.interface.http.reports import reports_router
from services.shared.kernel.clock import SystemClock
from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.dead_letters.routes import dead_letter_routes
from services.shared.platform.http.access_routes import access_routes
from services.shared.platform.http.api import create_api
from services.shared.platform.http.limits import Limits
from services.shared.platform.process import serve_api
from services.shared.platform.revocations import following


def build_api(settings: Settings) -> FastAPI:
    """Return the API; connections are opened when it starts, in its own event loop."""
    core: list[Core] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        core.append(await build_core(settings))
        app.state.desk = build_desk(
            core[0].transactions, shipped_catalogue(), shipped_lifecycle(), SystemClock()
        )
        app.state.dead_letters = build_dead_letters(settings, core[0])
        app.state.limits = Limits(factor=settings.limit_factor)
        app.state.access_log = exam_access_log(core[0].database, shipped_catalogue())
        async with httpx.AsyncClient() as http, following(settings.redis_url) as revocations:
            app.state.revocations = revocations
            app.state.token_verifier = JwksTokenVerifier(
                issuer=settings.issuer,
                audience=settings.audience,
                jwks_url=settings.jwks_url,
                http=http,
                revocations=revocations,
                others=settings.other_issuers,
            )
            yield
        await core.pop().close()

    async def revocations_are_current() -> None:
        await app.state.revocations.is_current()

    async def database_answers() -> None:
        await core[0].database.ping()

    app = create_api(
        title="Laudo exam results",
        prefix=PREFIX,
        # These before the exams: their paths are no exam's id.
        routers=[
            access_routes(),
            dead_letter_routes(),
            relations_router(),
            orders_router(shipped_catalogue()),
            bench_router(),
            reports_router(),
        ],
        token_verifier=None,
        checks={"postgresql": database_answers, "revocations": revocations_are_current},
        lifespan=lifespan,
    )
    return app


def main() -> None:
    settings = Settings()
    serve_api(build_api(settings), settings, SERVICE)


if __name__ == "__main__":
    main()

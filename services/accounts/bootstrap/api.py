"""The API process: `python -m services.accounts.bootstrap.api`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from services.accounts.application.front_desk import Devices, build_front_desk
from services.accounts.application.queries.name_staff import NameStaff
from services.accounts.bootstrap.devices import build_devices
from services.accounts.bootstrap.settings import SERVICE, Settings
from services.accounts.bootstrap.signing_keys import read_signing_keys
from services.accounts.bootstrap.wiring import Core, build_core
from services.accounts.infrastructure.persistence.directory import PostgresStaffDirectory
from services.accounts.interface.http.routes import PREFIX, TAKES_FORMS, all_routers
from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.http.api import Check, Lifespan, create_api
from services.shared.platform.http.limits import Limits
from services.shared.platform.issuers.other_issuer import OtherIssuer
from services.shared.platform.postgres.access_log import PostgresAccessLog
from services.shared.platform.process import serve_api
from services.shared.platform.rate_limits.valkey import shared_counter
from services.shared.platform.revocations import Revocations, cancelled, following

_ITSELF = "http://accounts"


def build_api(settings: Settings) -> FastAPI:
    """Return the API; connections are opened when it starts, in its own event loop."""
    cores: list[Core] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        core = await build_core(settings)
        cores.append(core)
        app.state.limits = Limits(
            shared_counter(core.valkey, SERVICE, settings.redis_url), factor=settings.limit_factor
        )
        async with own_keys(app) as http, following(settings.redis_url) as revocations:
            app.state.revocations = revocations
            app.state.access_log = PostgresAccessLog(core.database)
            app.state.name_staff = NameStaff(PostgresStaffDirectory(core.database))
            signing = await read_signing_keys(settings, core.database)
            devices = build_devices(settings, core, signing.ring)
            equip(
                app,
                devices,
                issuer=settings.issuer,
                audience=settings.audience,
                http=http,
                revocations=revocations,
                others=settings.other_issuers,
            )
            rereading = asyncio.create_task(signing.keep_rereading())
            yield
            await cancelled(rereading)
        await cores.pop().close()

    async def database_answers() -> None:
        await cores[0].database.ping()

    async def revocations_are_current() -> None:
        await app.state.revocations.is_current()

    checks: dict[str, Check] = {"postgresql": database_answers, "revocations": revocations_are_current}
    app = bare_api(settings.issuer, checks, lifespan)
    return app


def bare_api(issuer: str, checks: dict[str, Check], lifespan: Lifespan) -> FastAPI:
    return create_api(
        title="Laudo accounts",
        prefix=PREFIX,
        routers=all_routers(issuer),
        token_verifier=None,
        checks=checks,
        lifespan=lifespan,
        json_only_except=TAKES_FORMS,
    )


def own_keys(app: FastAPI) -> httpx.AsyncClient:
    """A client that reaches this very application without a network: the issuer verifies its own tokens as
    everybody else does, from its published keys. Other issuers are reached over the network.
    """
    return httpx.AsyncClient(mounts={_ITSELF: httpx.ASGITransport(app)})


def equip(
    app: FastAPI,
    devices: Devices,
    *,
    issuer: str,
    audience: str,
    http: httpx.AsyncClient,
    revocations: Revocations,
    others: Sequence[OtherIssuer] = (),
) -> None:
    app.state.front_desk = build_front_desk(devices)
    app.state.token_verifier = JwksTokenVerifier(
        issuer=issuer,
        audience=audience,
        jwks_url=f"{_ITSELF}{PREFIX}/.well-known/jwks.json",
        http=http,
        revocations=revocations,
        others=others,
    )


def main() -> None:
    settings = Settings()
    serve_api(build_api(settings), settings, SERVICE)


if __name__ == "__main__":
    main()

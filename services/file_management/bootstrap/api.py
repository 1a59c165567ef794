"""The API process: `python -m services.file_management.bootstrap.api`."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from services.file_management.application.commands.issue_download_link import IssueDownloadLink
from services.file_management.application.queries.check_code import CheckCode
from services.file_management.application.queries.list_files import ListFiles
from services.file_management.application.queries.read_file import ReadFile
from services.file_management.bootstrap.dead_letters import build_dead_letters
from services.file_management.bootstrap.settings import Settings
from services.file_management.bootstrap.wiring import PREFIX, SERVICE, build_links, build_table, table_answers
from services.file_management.infrastructure.dynamodb.access_log import DynamoAccessLog
from services.file_management.infrastructure.dynamodb.audit import DynamoAuditTrail
from services.file_management.infrastructure.dynamodb.files import DynamoFiles
from services.file_management.infrastructure.dynamodb.proofs import DynamoProofs
from services.file_management.infrastructure.services.relations import HttpRelations
from services.file_management.interface.http.files import FileUseCases, file_routes
from services.shared.kernel.clock import SystemClock
from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.dead_letters.routes import dead_letter_routes
from services.shared.platform.http.access_routes import access_routes
from services.shared.platform.http.api import create_api
from services.shared.platform.http.limits import Limits
from services.shared.platform.messaging.wakeup import valkey_client
from services.shared.platform.process import serve_api
from services.shared.platform.rate_limits.valkey import shared_counter
from services.shared.platform.revocations import following

_THREADS = 32  # each waits for one DynamoDB call


def build_api(settings: Settings) -> FastAPI:
    table, clock = build_table(settings), SystemClock()
    files, audit = DynamoFiles(table), DynamoAuditTrail(table)
    neighbours = httpx.AsyncClient()
    relations = HttpRelations(neighbours, settings.exams_url)
    use_cases = FileUseCases(
        list_files=ListFiles(files, audit, clock, relations),
        read_file=ReadFile(files, audit, clock, relations),
        issue_download_link=IssueDownloadLink(files, audit, build_links(settings), clock, relations),
        check_code=CheckCode(DynamoProofs(table)),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
        valkey = valkey_client(settings.redis_url)
        app.state.limits = Limits(
            shared_counter(valkey, SERVICE, settings.redis_url), factor=settings.limit_factor
        )
        app.state.access_log = DynamoAccessLog(table)
        async with httpx.AsyncClient() as http, neighbours, following(settings.redis_url) as revocations:
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
        await valkey.aclose()

    async def revocations_are_current() -> None:
        await app.state.revocations.is_current()

    app = create_api(
        title="Laudo file management",
        prefix=PREFIX,
        # The first two before the files: their paths are no file's id.
        routers=[access_routes(), dead_letter_routes(), file_routes(use_cases)],
        token_verifier=None,
        checks={"dynamodb": lambda: table_answers(table), "revocations": revocations_are_current},
        lifespan=lifespan,
    )
    app.state.dead_letters = build_dead_letters(settings, audit)
    return app


def main() -> None:
    settings = Settings()
    serve_api(build_api(settings), settings, SERVICE)


if __name__ == "__main__":
    main()

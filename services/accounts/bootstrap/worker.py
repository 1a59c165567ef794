"""The worker: outbox relay, audit sealer, ended sessions in Valkey, signing keys, forgetting what is past its time,
and erasing who asked for it.

`python -m services.accounts.bootstrap.worker`
"""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from services.accounts.bootstrap import audit, erasures
from services.accounts.bootstrap.settings import SERVICE, Settings
from services.accounts.bootstrap.signing_keys import keep_rotating, rotation
from services.accounts.bootstrap.staff_copies import keep_copying, staff_copier
from services.accounts.infrastructure.persistence.directory import forget_expired, revoked_since
from services.shared.kernel.errors import LaudoError
from services.shared.platform.aws import aws_client
from services.shared.platform.logs import get_logger
from services.shared.platform.messaging.publisher import AwsPublisher
from services.shared.platform.messaging.relay import OutboxRelay
from services.shared.platform.messaging.wakeup import WakeUp, valkey_client
from services.shared.platform.postgres.database import Database, connect_database
from services.shared.platform.postgres.outbox import PostgresOutbox
from services.shared.platform.process import run_worker
from services.shared.platform.revocations import RevocationKeeper
from services.shared.platform.topology import load_topology


async def start(settings: Settings) -> Sequence[Coroutine[Any, Any, None]]:
    valkey = valkey_client(settings.redis_url)
    wakeup = WakeUp(valkey, SERVICE)
    outbox = await connect_database(settings.relay_database_url, size=2)
    publisher = AwsPublisher(
        aws_client("sns", settings), aws_client("sqs", settings), load_topology(settings.aws_account_id)
    )
    database = await connect_database(settings.database_url, size=2)
    copying = [keep_copying(staff_copier(settings, database))] if settings.cognito else []
    return [
        wakeup.listen(),
        OutboxRelay(PostgresOutbox(outbox.pool), publisher, wakeup).run(),
        (await audit.sealer(settings)).run(),
        RevocationKeeper(valkey, partial(revoked_since, database)).run(),
        _forget(database, settings.forget_expired_s),
        keep_rotating(rotation(settings, database)),
        *copying,
        erasures.carry_out(settings),
    ]


async def _forget(database: Database, every_s: float) -> None:
    while True:
        try:
            await forget_expired(database)
        except LaudoError as error:  # the database is away: next time
            get_logger().warning("forget_expired.failed", code=error.kind.code)
        await asyncio.sleep(every_s)


def main() -> None:
    settings = Settings()
    run_worker(partial(start, settings), settings, SERVICE)


if __name__ == "__main__":
    main()

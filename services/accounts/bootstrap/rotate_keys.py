"""Announces the next signing key: `python -m services.accounts.bootstrap.rotate_keys [--compromised]`.

`--compromised`: the keys of now are known to somebody else. They are withdrawn at once, and everybody's access tokens
with them; sessions go on (the portal renews).
"""

import asyncio
import sys

import orjson

from services.accounts.bootstrap.settings import SERVICE, Settings
from services.accounts.bootstrap.signing_keys import rotation, tell
from services.accounts.domain.signing_schedule import KeyChange
from services.shared.platform.logs import configure_logs
from services.shared.platform.postgres.database import connect_database


async def rotate(settings: Settings, *, compromised: bool) -> KeyChange:
    database = await connect_database(settings.database_url, size=1)
    try:
        rotating = rotation(settings, database)
        return await (rotating.replace_at_once() if compromised else rotating.announce())
    finally:
        await database.close()


def main() -> None:
    settings = Settings()
    configure_logs(SERVICE, settings.log_level)
    change = asyncio.run(rotate(settings, compromised="--compromised" in sys.argv[1:]))
    tell(change)
    told = {"new_from": change.new_from, "retired": sorted(change.retired)}
    sys.stdout.write(orjson.dumps(told).decode() + "\n")


if __name__ == "__main__":
    main()

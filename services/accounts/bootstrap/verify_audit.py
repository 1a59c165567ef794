"""Checks this service's audit chains: `python -m services.accounts.bootstrap.verify_audit`.

Exit code 1: altered.
"""

import asyncio

from services.accounts.bootstrap.audit import chain_store
from services.accounts.bootstrap.settings import SERVICE, Settings
from services.shared.platform.audit.report import tell_verification
from services.shared.platform.audit.wiring import build_bucket


async def _verify(settings: Settings) -> int:
    return await tell_verification(SERVICE, await chain_store(settings), build_bucket(settings))


def main() -> None:
    raise SystemExit(asyncio.run(_verify(Settings())))


if __name__ == "__main__":
    main()

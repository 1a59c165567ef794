"""Checks this service's audit chains: `python -m services.exam_results.bootstrap.verify_audit`.

Exit code 1: altered.
"""

import asyncio

from services.exam_results.bootstrap.audit import chain_store
from services.exam_results.bootstrap.settings import Settings
from services.exam_results.bootstrap.wiring import SERVICE
from services.shared.platform.audit.report import tell_verification
from services.shared.platform.audit.wiring import build_bucket


async def _verify(settings: Settings) -> int:
    return await tell_verification(SERVICE, await chain_store(settings), build_bucket(settings))


def main() -> None:
    raise SystemExit(asyncio.run(_verify(Settings())))


if __name__ == "__main__":
    main()

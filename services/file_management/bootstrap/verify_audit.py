"""Checks this service's audit chains: `python -m services.file_management.bootstrap.verify_audit`.

Exit code 1: altered.
"""

import asyncio

from services.file_management.bootstrap.settings import Settings
from services.file_management.bootstrap.wiring import SERVICE, build_table
from services.file_management.infrastructure.dynamodb.audit_chain import DynamoChainStore
from services.shared.platform.audit.report import tell_verification
from services.shared.platform.audit.wiring import build_bucket


def main() -> None:
    settings = Settings()
    store = DynamoChainStore(build_table(settings), SERVICE)
    raise SystemExit(asyncio.run(tell_verification(SERVICE, store, build_bucket(settings))))


if __name__ == "__main__":
    main()

"""Copies staff to the Cognito user pool that the settings name; run by the worker."""

import asyncio
from uuid import UUID

from services.accounts.application.commands.copy_staff import CopyStaff
from services.accounts.bootstrap.settings import Settings
from services.accounts.infrastructure.identity_provider.cognito import CognitoIdentityProvider
from services.accounts.infrastructure.persistence.staff_copies import PostgresStaffCopies
from services.shared.platform.aws import aws_client
from services.shared.platform.logs import get_logger
from services.shared.platform.postgres.database import Database

_EVERY_S = 5.0


def staff_copier(settings: Settings, database: Database) -> CopyStaff:
    told = settings.cognito
    assert told is not None, "asked for only when there is one"
    provider = CognitoIdentityProvider(
        aws_client("cognito-idp", settings), told.user_pool_id, invites=told.invites
    )
    return CopyStaff(PostgresStaffCopies(database, told.clinic_id), provider, _tell)


async def keep_copying(copy: CopyStaff) -> None:
    """Run until cancelled."""
    while True:
        try:
            if count := await copy():
                get_logger().info("staff.copied", count=count)
        except Exception as error:  # the database is away: next time
            get_logger().warning("staff.not_copied", exc_info=error)
        await asyncio.sleep(_EVERY_S)


def _tell(account_id: UUID, error: Exception) -> None:
    get_logger().warning("staff.not_copied", account_id=account_id, exc_info=error)

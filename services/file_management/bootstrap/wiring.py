"""Builds what the API and the worker share."""

import asyncio

import boto3

from services.file_management.bootstrap.settings import Settings
from services.file_management.infrastructure.dynamodb.table import Table, TableAddress, connect_table
from services.file_management.infrastructure.s3.links import Credentials, SignedS3Links
from services.shared.kernel.clock import SystemClock

SERVICE = "file-management"
PREFIX = "/api/v1/files"


def build_table(settings: Settings) -> Table:
    return connect_table(TableAddress(settings.table, settings.aws_region, settings.aws_endpoint_url))


async def table_answers(table: Table) -> None:
    """Raise unless the table can be read."""
    await asyncio.to_thread(lambda: list(table.inbox.query("PING", limit=1)))


def build_links(settings: Settings) -> SignedS3Links:
    session = boto3.Session(region_name=settings.aws_region)
    provider = session.get_credentials()
    if provider is None:
        raise SystemExit(
            "No AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role."
        )

    def credentials() -> Credentials:
        current = provider.get_frozen_credentials()
        return Credentials(current.access_key, current.secret_key, current.token)

    return SignedS3Links(
        bucket=settings.bucket,
        region=settings.aws_region,
        endpoint_url=settings.aws_endpoint_url,
        credentials=credentials,
        clock=SystemClock(),
    )

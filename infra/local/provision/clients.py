"""AWS clients as the emulator's administrator, for provisioning only."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class AwsAccount:
    """Where the emulator is. The root pair is its own; no service ever gets it."""

    url: str
    region: str
    account_id: str
    access_key: str = "test"
    secret_key: str = "test"

    def client(self, service: str) -> Any:
        # Imported when first needed: a start that finds everything in place does without it.
        import boto3
        from botocore.config import Config

        session = boto3.session.Session(
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=self.region,
        )
        config = Config(
            retries={"max_attempts": 3}, connect_timeout=5, read_timeout=30, s3={"addressing_style": "path"}
        )
        return session.client(service, endpoint_url=self.url, config=config)


class AdminClients:
    """One client per AWS service, made when first needed (making one costs tens of milliseconds)."""

    def __init__(self, account: AwsAccount) -> None:
        self.account = account

    @cached_property
    def sns(self) -> Any:
        return self.account.client("sns")

    @cached_property
    def sqs(self) -> Any:
        return self.account.client("sqs")

    @cached_property
    def s3(self) -> Any:
        return self.account.client("s3")

    @cached_property
    def dynamodb(self) -> Any:
        return self.account.client("dynamodb")

    @cached_property
    def kms(self) -> Any:
        return self.account.client("kms")

    @cached_property
    def iam(self) -> Any:
        return self.account.client("iam")

    @cached_property
    def ses(self) -> Any:
        return self.account.client("ses")

    @cached_property
    def sesv2(self) -> Any:
        return self.account.client("sesv2")

    @cached_property
    def events(self) -> Any:
        return self.account.client("events")

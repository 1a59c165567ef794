"""The own Signature Version 4 equals the SDK's, byte by byte."""

from datetime import UTC, datetime
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.config import Config

from services.file_management.infrastructure.s3.links import Credentials, SignedS3Links
from services.shared.kernel.clock import FixedClock

NOW = datetime(2026, 11, 22, 17, 32, 8, tzinfo=UTC)
KEY = "0192f0aa-0000-7000-8000-0000000000c1/0192f0aa-0000-7000-8000-000000000001/2/final-0a1b.pdf"
NAME = "laudo-26-000123-7-v2.pdf"


def boto_url(endpoint: str | None, credentials: Credentials, key: str) -> str:
    client = boto3.client(
        "s3",
        region_name="sa-east-1",
        endpoint_url=endpoint,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path" if endpoint else "virtual"}),
    )
    with patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        url: str = client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": "laudo-reports",
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{NAME}"',
                "ResponseContentType": "application/pdf",
                "ResponseCacheControl": "private, no-store",
            },
            ExpiresIn=60,
        )
    return url


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
@pytest.mark.parametrize("token", [None, "FwoGZXIvYXdzE//////////wEaDH+x="])
@pytest.mark.parametrize("key", [KEY, "a b/ç~é+(1)/final-.pdf"])
def test_link_carries_the_signature_the_sdk_would_make(
    endpoint: str | None, token: str | None, key: str
) -> None:
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    links = SignedS3Links(
        bucket="laudo-reports",
        region="sa-east-1",
        endpoint_url=endpoint,
        credentials=lambda: credentials,
        clock=FixedClock(NOW),
    )
    mine, theirs = urlsplit(links.issue(key, NAME)), urlsplit(boto_url(endpoint, credentials, key))
    assert (mine.scheme, mine.netloc, mine.path) == (theirs.scheme or "https", theirs.netloc, theirs.path)
    assert parse_qs(mine.query) == parse_qs(theirs.query)


def test_renewed_credentials_and_a_new_day_give_a_new_key() -> None:
    clock, current = FixedClock(NOW), [Credentials("A", "first")]
    links = SignedS3Links(
        bucket="b", region="sa-east-1", endpoint_url=None, credentials=lambda: current[0], clock=clock
    )
    first = links.issue(KEY, NAME)
    current[0] = Credentials("A", "second")
    second = links.issue(KEY, NAME)
    clock.at = NOW.replace(day=23)
    assert len({first, second, links.issue(KEY, NAME)}) == 3

"""Presigned links against a store that checks signatures and permissions."""

import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from services.file_management.infrastructure.s3.links import Credentials, SignedS3Links
from services.file_management.infrastructure.s3.objects import S3ReportObjects
from services.shared.kernel.clock import FixedClock, SystemClock
from services.shared.kernel.ids import new_id

BUCKET = "laudo-reports"
PDF = b"%PDF-1.7 a report"


@pytest.fixture
async def key(aws: Any) -> str:
    made = f"{new_id()}/{new_id()}/1/final-0a1b.pdf"
    store = S3ReportObjects(aws.client("file-management", "s3"), BUCKET, "alias/laudo-reports")
    await store.put(made, PDF, hashlib.sha256(PDF).hexdigest())
    return made


def links(aws: Any, *, seconds_ago: float = 0, secret: str | None = None) -> SignedS3Links:
    mine = aws.credentials["file-management"]
    return SignedS3Links(
        bucket=BUCKET,
        region=aws.region,
        endpoint_url=aws.url,
        credentials=lambda: Credentials(mine.access_key_id, secret or mine.secret_access_key),
        clock=FixedClock(SystemClock().now() - timedelta(seconds=seconds_ago)),
    )


def test_a_link_gives_the_bytes_under_the_reports_name_and_nothing_may_cache_them(aws: Any, key: str) -> None:
    answer = httpx.get(links(aws).issue(key, "laudo-26-000123-7-v2.pdf"))
    assert answer.status_code == 200
    assert answer.content == PDF
    assert answer.headers["content-disposition"] == 'attachment; filename="laudo-26-000123-7-v2.pdf"'
    assert answer.headers["content-type"] == "application/pdf"


def test_nobody_gets_an_object_without_a_signature(aws: Any, key: str) -> None:
    url = links(aws).issue(key, "x.pdf")
    assert httpx.get(url.split("?")[0]).status_code == 403


def test_a_link_ends_after_sixty_seconds(aws: Any, key: str) -> None:
    assert httpx.get(links(aws, seconds_ago=50).issue(key, "x.pdf")).status_code == 200
    assert httpx.get(links(aws, seconds_ago=62).issue(key, "x.pdf")).status_code == 403


async def test_a_link_to_one_object_opens_no_other(aws: Any, key: str) -> None:
    other = f"{new_id()}/{new_id()}/1/final-ff.pdf"
    store = S3ReportObjects(aws.client("file-management", "s3"), BUCKET, "alias/laudo-reports")
    await store.put(other, PDF, hashlib.sha256(PDF).hexdigest())
    url = links(aws).issue(key, "x.pdf")
    assert httpx.get(url.replace(key, other)).status_code == 403


@pytest.mark.parametrize(
    ("part", "altered"),
    [
        ("X-Amz-Expires=60", "X-Amz-Expires=600"),
        ("x.pdf", "y.pdf"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
    ],
)
def test_an_altered_link_is_refused(aws: Any, key: str, part: str, altered: str) -> None:
    url = links(aws).issue(key, "x.pdf")
    assert part in url
    assert httpx.get(url.replace(part, altered)).status_code == 403


def test_a_link_signed_with_another_secret_is_refused(aws: Any, key: str) -> None:
    assert httpx.get(links(aws, secret="wrong").issue(key, "x.pdf")).status_code == 403


def test_a_link_only_reads(aws: Any, key: str) -> None:
    url = links(aws).issue(key, "x.pdf")
    assert httpx.put(url, content=b"other").status_code == 403
    assert httpx.delete(url).status_code == 403
    assert urlsplit(url).scheme in ("http", "https")

"""The audit bucket on the emulator: each service appends under its own prefix, nobody deletes, the lock holds."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from services.shared.kernel.ids import new_id
from services.shared.platform.audit.bucket import S3SegmentBucket
from services.shared.platform.audit.in_memory import InMemorySegmentBucket
from services.shared.platform.audit.segments import SegmentBucket
from tests.support.embedded import EmbeddedAws

BUCKET = "laudo-audit"


@pytest.fixture(params=["memory", "s3"])
def bucket(request: pytest.FixtureRequest) -> SegmentBucket:
    if request.param == "memory":
        return InMemorySegmentBucket()
    aws: EmbeddedAws = request.getfixturevalue("aws")
    return S3SegmentBucket(aws.client("accounts", "s3"), BUCKET, "alias/laudo-audit")


async def test_what_was_put_first_is_what_is_read(bucket: SegmentBucket) -> None:
    folder = f"accounts/{new_id()}/"
    await bucket.put(f"{folder}2.jsonl", b"two")
    await bucket.put(f"{folder}1.jsonl", b"one")
    await bucket.put(f"{folder}1.jsonl", b"forged")
    assert await bucket.keys(folder) == [f"{folder}1.jsonl", f"{folder}2.jsonl"]
    assert await bucket.first_version(f"{folder}1.jsonl") == b"one"


def refused(call: Any, **arguments: Any) -> None:
    with pytest.raises(ClientError) as raised:
        call(Bucket=BUCKET, **arguments)
    assert raised.value.response["Error"]["Code"] in {"AccessDenied", "403"}


def test_a_service_may_not_delete_or_unlock_nor_reach_another_services_segments(aws: EmbeddedAws) -> None:
    accounts, exams = aws.client("accounts", "s3"), aws.client("exam-results", "s3")
    key = f"accounts/{new_id()}/1.jsonl"
    version = accounts.put_object(Bucket=BUCKET, Key=key, Body=b"x")["VersionId"]
    refused(accounts.delete_object, Key=key)
    refused(accounts.delete_object, Key=key, VersionId=version)
    refused(accounts.put_object_legal_hold, Key=key, LegalHold={"Status": "OFF"})
    refused(exams.get_object, Key=key)
    refused(exams.put_object, Key=key, Body=b"y")
    refused(exams.list_objects_v2, Prefix="accounts/")


def test_the_lock_holds_against_the_administrator(aws: EmbeddedAws) -> None:
    """COMPLIANCE: nobody shortens it, and nobody may go around it."""
    key = f"accounts/{new_id()}/1.jsonl"
    version = aws.client("accounts", "s3").put_object(Bucket=BUCKET, Key=key, Body=b"x")["VersionId"]
    admin = aws.admin("s3")
    retention = admin.get_object_retention(Bucket=BUCKET, Key=key)["Retention"]
    assert retention["Mode"] == "COMPLIANCE"
    refused(admin.delete_object, Key=key, VersionId=version)
    refused(admin.delete_object, Key=key, VersionId=version, BypassGovernanceRetention=True)

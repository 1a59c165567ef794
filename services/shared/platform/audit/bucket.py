"""The audit bucket in S3: put and read under the service's own prefix; nobody deletes."""

import asyncio
import base64
import hashlib
from collections.abc import Sequence
from typing import Any


class S3SegmentBucket:
    """`kms_key` encrypts each object. The bucket's own default retention (Object Lock) keeps it."""

    def __init__(self, s3: Any, bucket: str, kms_key: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._kms_key = kms_key

    async def put(self, key: str, body: bytes) -> None:
        await asyncio.to_thread(
            self._s3.put_object,
            Bucket=self._bucket,
            Key=key,
            Body=body,
            ContentType="application/json" if key.endswith(".json") else "application/jsonl",
            ChecksumSHA256=base64.b64encode(hashlib.sha256(body).digest()).decode(),
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self._kms_key,
        )

    async def keys(self, prefix: str) -> Sequence[str]:
        return await asyncio.to_thread(self._keys, prefix)

    async def first_version(self, key: str) -> bytes:
        return await asyncio.to_thread(self._first_version, key)

    def _keys(self, prefix: str) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        return sorted(item["Key"] for page in pages for item in page.get("Contents", ()))

    def _first_version(self, key: str) -> bytes:
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
        versions = [item for page in pages for item in page.get("Versions", ()) if item["Key"] == key]
        oldest = min(versions, key=lambda item: item["LastModified"])  # listed newest first; ties: the last
        same_second = [item for item in versions if item["LastModified"] == oldest["LastModified"]]
        answer = self._s3.get_object(Bucket=self._bucket, Key=key, VersionId=same_second[-1]["VersionId"])
        return bytes(answer["Body"].read())

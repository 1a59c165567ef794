"""Report bytes in S3, encrypted with the bucket's own KMS key and checked on arrival."""

import asyncio
import base64
from typing import Any

from services.shared.platform import kill_points


class S3ReportObjects:
    def __init__(self, s3: Any, bucket: str, kms_key: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._kms_key = kms_key

    async def put(self, key: str, pdf: bytes, sha256: str) -> None:
        await asyncio.to_thread(self._put, key, pdf, sha256)
        kill_points.reached("while_storing")

    async def erase(self, key: str) -> None:
        await asyncio.to_thread(self._erase, key)

    def _erase(self, key: str) -> None:
        """In a bucket with versions deleting hides: each version and each marker is removed by its id."""
        while True:
            page = self._s3.list_object_versions(Bucket=self._bucket, Prefix=key)
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            for version in found:
                self._s3.delete_object(
                    Bucket=self._bucket, Key=version["Key"], VersionId=version["VersionId"]
                )
            if not found:
                return

    def _put(self, key: str, pdf: bytes, sha256: str) -> None:
        self._s3.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=pdf,
            ContentType="application/pdf",
            ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self._kms_key,
        )

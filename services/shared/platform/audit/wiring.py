"""Puts a service's sealer together over its own store, for its bootstrap."""

from services.shared.platform.audit.bucket import S3SegmentBucket
from services.shared.platform.audit.ports import ChainStore
from services.shared.platform.audit.sealer import AuditSealer, Rhythm
from services.shared.platform.aws import aws_client
from services.shared.platform.settings import ServiceSettings
from services.shared.platform.topology import load_topology

BUCKET = "laudo-audit"
"""The bucket's name in topology.json; `LAUDO_AUDIT_BUCKET` says what it is really called."""


def build_bucket(settings: ServiceSettings) -> S3SegmentBucket:
    key = load_topology().raw["buckets"][BUCKET]["kms_key"]
    return S3SegmentBucket(aws_client("s3", settings), settings.audit_bucket, f"alias/{key}")


def build_sealer(service: str, store: ChainStore, settings: ServiceSettings) -> AuditSealer:
    rhythm = Rhythm(settings.audit_seal_s, settings.audit_segment_rows, settings.audit_segment_s)
    return AuditSealer(service, store, build_bucket(settings), rhythm)

"""Objects, audit, sources, press and signer: the real adapters keep what the in-memory ones promise."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import orjson
import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr

from services.file_management.application.ports import (
    AuditTrail,
    LetIn,
    Relations,
    ReportObjects,
    SnapshotSource,
    Statement,
)
from services.file_management.domain.snapshot import Identifiers
from services.file_management.infrastructure.dynamodb.audit import DynamoAuditTrail
from services.file_management.infrastructure.dynamodb.table import TableAddress, connect_table
from services.file_management.infrastructure.in_memory.edges import (
    InMemoryAudit,
    InMemoryObjects,
    InMemoryRelations,
    InMemorySnapshots,
)
from services.file_management.infrastructure.report.processes import WarmProcesses
from services.file_management.infrastructure.s3.objects import S3ReportObjects
from services.file_management.infrastructure.services.relations import HttpRelations
from services.file_management.infrastructure.services.snapshots import HttpSnapshotSource
from services.file_management.infrastructure.signing.demo_authority import (
    NOTICE,
    ensure_demo_authority,
    key_files,
)
from services.file_management.infrastructure.signing.signer import KeyFileSigner
from services.shared.kernel.errors import UNAVAILABLE, LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.service_client import ServiceClient
from services.shared.platform.settings import ServiceClientSettings
from tests.unit.file_management import samples
from tests.unit.file_management.world import CLINIC, EXAM, NOW, PATIENT, PERSON, StampSigner, principal

BUCKET = "laudo-reports"


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> tuple[ReportObjects, Any]:
    """Return the store and a way to read an object back."""
    if request.param == "memory":
        memory = InMemoryObjects()
        return memory, memory.stored.__getitem__
    aws = request.getfixturevalue("aws")
    s3 = aws.client("file-management", "s3")
    return (
        S3ReportObjects(s3, BUCKET, "alias/laudo-reports"),
        lambda key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read(),
    )


async def test_an_object_is_stored_as_it_is_and_may_be_put_again(objects: Any) -> None:
    store, read = objects
    key, pdf = f"{new_id()}/{new_id()}/1/final-x.pdf", b"%PDF-1.7 \x00\xff"
    for _ in range(2):
        await store.put(key, pdf, hashlib.sha256(pdf).hexdigest())
    assert read(key) == pdf


async def test_a_draft_is_erased_in_every_version_and_nothing_else_can_be(objects: Any) -> None:
    store, read = objects
    folder = f"{new_id()}/{new_id()}/1"
    draft, final, pdf = f"{folder}/draft-x.pdf", f"{folder}/final-x.pdf", b"%PDF-1.7"
    for key in (draft, draft, final):
        await store.put(key, pdf, hashlib.sha256(pdf).hexdigest())
    await store.erase(draft)
    await store.erase(draft)
    with pytest.raises((KeyError, ClientError)):
        read(draft)
    assert read(final) == pdf


async def test_the_services_own_user_may_erase_no_signed_report(aws: Any) -> None:
    """A clinical record is kept: the right to delete ends at what is a draft by its name."""
    s3, pdf = aws.client("file-management", "s3"), b"%PDF"
    key = f"{new_id()}/{new_id()}/1/final-x.pdf"
    await S3ReportObjects(s3, BUCKET, "alias/laudo-reports").put(key, pdf, hashlib.sha256(pdf).hexdigest())
    with pytest.raises(ClientError, match="AccessDenied"):
        await S3ReportObjects(s3, BUCKET, "alias/laudo-reports").erase(key)
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == pdf
    left = aws.admin("s3").list_object_versions(Bucket=BUCKET, Prefix=key)
    assert len(left["Versions"]) == 1


async def test_s3_keeps_reports_encrypted_with_their_own_key(aws: Any) -> None:
    s3 = aws.client("file-management", "s3")
    key, pdf = f"{new_id()}/{new_id()}/1/final-x.pdf", b"%PDF"
    await S3ReportObjects(s3, BUCKET, "alias/laudo-reports").put(key, pdf, hashlib.sha256(pdf).hexdigest())
    head = s3.head_object(Bucket=BUCKET, Key=key)
    assert head["ServerSideEncryption"] == "aws:kms"
    assert head["ContentType"] == "application/pdf"


@pytest.fixture(params=["memory", "dynamodb"])
def audit(request: pytest.FixtureRequest) -> tuple[AuditTrail, Any]:
    if request.param == "memory":
        memory = InMemoryAudit()
        return memory, lambda: [entry.action for entry in memory.entries]
    aws = request.getfixturevalue("aws")
    mine = aws.credentials["file-management"]
    table = connect_table(
        TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    )
    day = f"AUDIT#{CLINIC}#{NOW.date()}"
    before = len(list(table.audit.query(day)))
    return DynamoAuditTrail(table), lambda: [row.action for row in table.audit.query(day)][before:]


async def test_audit_facts_are_kept_in_order(audit: Any) -> None:
    trail, actions = audit
    from services.file_management.application.caller import Caller

    who = Caller(principal(Role.RELEASER), "127.0.0.1", "0" * 32)
    for action in ("file.list", "file.link_issued"):
        await trail.record(
            who.did(action, NOW, clinic_id=CLINIC, patient_id=PATIENT, resource=f"exam/{EXAM}")
        )
    assert sorted(actions()) == ["file.link_issued", "file.list"]


async def test_dynamodb_refuses_to_write_an_audit_fact_over_another(aws: Any) -> None:
    from pynamodb.exceptions import TransactWriteError

    from services.file_management.application.caller import Caller

    mine = aws.credentials["file-management"]
    table = connect_table(
        TableAddress("laudo-files", aws.region, aws.url, mine.access_key_id, mine.secret_access_key)
    )
    entry = Caller(principal(Role.RELEASER)).did(
        "file.read", NOW, clinic_id=new_id(), patient_id=None, resource="file/x"
    )
    await DynamoAuditTrail(table).record(entry)
    with pytest.raises(TransactWriteError):
        await DynamoAuditTrail(table).record(entry)


def _other_services(request: httpx.Request) -> httpx.Response:
    """exam-results and accounts as they answer this service, token check included."""
    if request.url.path.endswith("/oauth/token"):
        return httpx.Response(200, json={"access_token": "mine", "expires_in": 600})
    if request.headers.get("authorization") != "Bearer mine":
        return httpx.Response(401)
    paths = {
        f"/api/v1/exams/{EXAM}/reports/1/snapshot?stage=final": samples.snapshot(),
        f"/api/v1/accounts/patients/{PATIENT}/identifiers": {
            "patient_id": str(PATIENT),
            "cpf": "52998224725",
            "cns": None,
        },
    }
    found = paths.get(request.url.raw_path.decode())
    return httpx.Response(404) if found is None else httpx.Response(200, content=orjson.dumps(found))


@pytest.fixture(params=["memory", "http"])
async def source(request: pytest.FixtureRequest) -> AsyncIterator[SnapshotSource]:
    if request.param == "memory":
        yield InMemorySnapshots(
            {(EXAM, 1, "final"): samples.snapshot()}, {PATIENT: Identifiers(cpf="52998224725")}
        )
        return
    settings = ServiceClientSettings(
        token_url="http://accounts.test/api/v1/accounts/oauth/token",
        client_id="file-management",
        client_secret=SecretStr("s"),
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(_other_services)) as http:
        yield HttpSnapshotSource(
            ServiceClient(http, settings),
            exams_url="http://exams.test",
            accounts_url="http://accounts.test",
        )


async def test_snapshot_and_identifiers_are_fetched_by_id_and_version(source: SnapshotSource) -> None:
    assert await source.snapshot(EXAM, 1, "final") == samples.snapshot()
    assert await source.identifiers(PATIENT) == Identifiers(cpf="52998224725")


async def test_what_is_not_there_yet_is_unavailable_and_comes_again(source: SnapshotSource) -> None:
    with pytest.raises(LaudoError, match="unavailable"):
        await source.snapshot(EXAM, 2, "final")
    with pytest.raises(LaudoError, match="unavailable"):
        await source.identifiers(new_id())


@pytest.fixture(params=["stamp", "pades"])
async def signer(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    if request.param == "stamp":
        yield StampSigner()
        return
    ensure_demo_authority(tmp_path / "keys")
    processes = WarmProcesses(workers=1)
    yield KeyFileSigner(processes, key_files(tmp_path / "keys"), NOTICE)
    processes.close()


async def test_a_signer_appends_and_its_signature_verifies(signer: Any) -> None:
    from services.file_management.infrastructure.report import jobs

    pdf = jobs.render(samples.draft(), Identifiers(), None)
    signed = await signer.sign(pdf, Statement("Laudo liberado", "Campinas", "Dra. Beatriz"))
    assert signed.startswith(pdf)
    assert signed != pdf
    assert await signer.verify(signed)
    assert "ssinado" in signer.notice
    assert signer.name


def test_the_services_iam_user_may_not_touch_what_is_not_its_own(aws: Any) -> None:
    mine = aws.credentials["exam-results"]
    stranger = boto3.client(
        "s3",
        endpoint_url=aws.url,
        region_name=aws.region,
        aws_access_key_id=mine.access_key_id,
        aws_secret_access_key=mine.secret_access_key,
    )
    with pytest.raises(stranger.exceptions.ClientError, match=r"AccessDenied|403"):
        stranger.list_objects_v2(Bucket=BUCKET)


@pytest.fixture(params=["memory", "http"])
async def relations(request: pytest.FixtureRequest) -> AsyncIterator[Relations]:
    """Knows one share and one grant; `Bearer other` has none."""
    let_in = {
        "Bearer doctor": LetIn("shared", step_up_needed=True),
        "Bearer proxy": LetIn("proxy", step_up_needed=False),
    }
    if request.param == "memory":
        yield InMemoryRelations({(token, EXAM): found for token, found in let_in.items()})
        return

    def exam_results(asked: httpx.Request) -> httpx.Response:
        found = let_in.get(asked.headers["authorization"])
        if asked.url.raw_path.decode() != f"/api/v1/exams/{EXAM}/access?person_id={PERSON}" or found is None:
            return httpx.Response(404)
        return httpx.Response(200, json={"purpose": found.purpose, "step_up_needed": found.step_up_needed})

    async with httpx.AsyncClient(transport=httpx.MockTransport(exam_results)) as http:
        yield HttpRelations(http, "http://exams")


async def test_a_relation_is_told_and_its_absence_too(relations: Relations) -> None:
    assert await relations.lets_in("Bearer doctor", EXAM, PERSON) == LetIn("shared", step_up_needed=True)
    assert await relations.lets_in("Bearer proxy", EXAM, PERSON) == LetIn("proxy", step_up_needed=False)
    assert await relations.lets_in("Bearer other", EXAM, PERSON) is None
    assert await relations.lets_in("Bearer doctor", new_id(), PERSON) is None


async def test_while_relations_cannot_be_known_nobody_is_let_in() -> None:
    broken = httpx.MockTransport(lambda _: httpx.Response(503))
    async with httpx.AsyncClient(transport=broken) as http:
        with pytest.raises(LaudoError) as refused:
            await HttpRelations(http, "http://exams").lets_in("Bearer doctor", EXAM, PERSON)
        assert refused.value.kind is UNAVAILABLE
        assert await HttpRelations(http, None).lets_in("Bearer doctor", EXAM, PERSON) is None

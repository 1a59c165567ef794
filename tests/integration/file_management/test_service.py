"""The service whole: events in by SNS and SQS, reports out through S3, told by SNS, read over HTTP."""

import io
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psutil
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from services.file_management.infrastructure.report import jobs
from services.file_management.infrastructure.report.reading import read_pages
from services.file_management.infrastructure.signing import pades
from services.file_management.infrastructure.signing.demo_authority import key_files
from services.shared.contracts import exam_results as contract
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import Message, new_message, parse_message
from services.shared.platform.tracing import trace
from tests.integration.file_management.conftest import Service, wait_until
from tests.unit.file_management import samples
from tests.unit.file_management.conftest import NUMBERS

CLINIC = UUID(samples.CLINIC_ID)


class Exam:
    """One exam at the neighbours', and what its events say."""

    def __init__(self, service: Service, aws: Any) -> None:
        self.service, self.aws = service, aws
        self.id, self.version, self.protocol = new_id(), 0, f"26-{uuid4().hex[:6]}-1"
        for stage, document in (("draft", samples.draft()), ("final", samples.snapshot())):
            document |= {"exam_id": str(self.id), "protocol": self.protocol}
            service.neighbours.snapshots[str(self.id), "1", stage] = document
        service.neighbours.numbers[samples.PATIENT_ID] = {"cpf": NUMBERS.cpf, "cns": None}

    def message(self, name: str, model: Any, **data: Any) -> Message:
        self.version += 1
        body = model(
            version=self.version,
            exam_id=self.id,
            protocol=self.protocol,
            patient_id=UUID(samples.PATIENT_ID),
            person_id=UUID(samples.PERSON_ID),
            requester_id=UUID(samples.REQUESTER_ID),
            **data,
        )
        now = SystemClock().now()
        return new_message(
            name, source="/exam-results", subject=self.id, clinic_id=CLINIC, time=now, data=body
        )

    def completed(self) -> Message:
        now = SystemClock().now()
        return self.message(
            "exam.completed", contract.ExamCompleted, report_version=1, collected_at=now, completed_at=now
        )

    def released(self) -> Message:
        return self.message(
            "exam.updated",
            contract.ExamUpdated,
            state="released",
            previous_state="completed",
            report_version=1,
            occurred_at=SystemClock().now(),
            ever_released=True,
        )

    def ready(self, processed: Message) -> Message:
        return self.message(
            "exam.result.ready",
            contract.ExamResultReady,
            report_version=1,
            file_id=processed.data.file_id,  # type: ignore[attr-defined]
            sha256=processed.data.sha256,  # type: ignore[attr-defined]
            ready_at=SystemClock().now(),
        )

    def publish(self, *messages: Message) -> None:
        sns = self.aws.admin("sns")
        for message in messages:
            sns.publish(
                TopicArn=f"arn:aws:sns:{self.aws.region}:{self.aws.account_id}:exam-results-events",
                Message=message.to_json().decode(),
                MessageAttributes={"type": {"DataType": "String", "StringValue": message.type}},
            )

    def told(self, count: int, seconds: float = 90) -> list[Message]:
        """What exam-results hears of this exam, after waiting for `count` messages."""
        sqs, queue = self.aws.client("exam-results", "sqs"), self.aws.queue_url("exam-results-files")
        heard: list[Message] = []
        deadline = time.monotonic() + seconds
        while len(heard) < count and time.monotonic() < deadline:
            got = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for item in got.get("Messages", []):
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=item["ReceiptHandle"])
                message = parse_message(item["Body"])
                if message.data.exam_id == self.id:  # type: ignore[attr-defined]
                    heard.append(message)
        assert len(heard) == count
        return heard

    def get(self, path: str, role: str, account: str = samples.REQUESTER_ID) -> httpx.Response:
        clinic = None if role == "patient" else CLINIC
        token = self.service.neighbours.token(UUID(account), role, clinic)
        return httpx.get(self.service.url + path, headers={"Authorization": f"Bearer {token}"})

    def files(self, role: str, account: str = samples.REQUESTER_ID) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get(f"/?exam_id={self.id}", role, account).json()["items"]
        return items


@pytest.fixture
def exam(service: Service, aws: Any) -> Exam:
    return Exam(service, aws)


def test_from_completion_to_the_patients_download(service: Service, exam: Exam) -> None:
    with trace() as traceparent:
        trace_id = traceparent.split("-")[1]
        exam.publish(exam.completed())
        (draft,) = exam.told(1)
        assert draft.data.kind == "draft_report"  # type: ignore[attr-defined]
        assert [item["kind"] for item in exam.files("technician")] == ["draft_report"]
        assert exam.files("patient", samples.PERSON_ID) == []
        exam.publish(exam.released())
        (signed,) = exam.told(1)
    assert draft.traceparent.split("-")[1] == signed.traceparent.split("-")[1] == trace_id
    assert trace_id in service.neighbours.fetched
    assert exam.files("patient", samples.PERSON_ID) == []
    exam.publish(exam.ready(signed))
    wait_until(lambda: exam.files("patient", samples.PERSON_ID))
    (item,) = exam.files("patient", samples.PERSON_ID)
    redirect = exam.get(f"/{item['id']}/download", "patient", samples.PERSON_ID)
    assert redirect.status_code == 302
    pdf = httpx.get(redirect.headers["location"]).content
    keys = key_files(service.folder / "signing")
    assert pades.is_valid(keys, pdf)
    code = code_on(pdf)
    document = service.neighbours.snapshots[str(exam.id), "1", "final"]
    assert list(jobs.check(pdf, document, NUMBERS, code)) == []


def code_on(pdf: bytes) -> str:
    (line,) = [
        line.text
        for page in read_pages(pdf)
        for line in page.lines
        if line.text.startswith("Códigodeverificação")
    ]
    return line.removeprefix("Códigodeverificação")


def test_the_same_events_many_times_leave_one_signed_report(service: Service, exam: Exam) -> None:
    release = exam.released()
    exam.publish(*[release] * 4, exam.released(), exam.released())
    (signed,) = exam.told(1)
    time.sleep(3)
    assert exam.told(0, seconds=2) == []
    (item,) = exam.files("releaser")
    assert item["sha256"] == signed.data.sha256  # type: ignore[attr-defined]


def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    service: Service, exam: Exam
) -> None:
    point = "while_storing"  # signed and in S3, not yet known to anybody
    (service.folder / point).touch()
    release = exam.released()
    exam.publish(release)
    service.worker.wait(60)
    assert not (service.folder / point).exists()
    wait_until(lambda: not renderers_of(service))
    service.restart_worker()
    exam.publish(release)  # SQS gives the message in hand back after 30 s; its twin stands for it here
    (signed,) = exam.told(1)
    (item,) = exam.files("releaser")
    assert item["sha256"] == signed.data.sha256  # type: ignore[attr-defined]


def renderers_of(service: Service) -> list[psutil.Process]:
    """Processes of a worker's session that outlive it."""
    return [
        process
        for process in psutil.process_iter(["pid", "environ"])
        if (process.info["environ"] or {}).get("LAUDO_SIGNING_FOLDER") == str(service.folder / "signing")
        and "multiprocessing" in " ".join(process.cmdline())
    ]


def test_a_report_that_differs_from_its_data_is_never_signed(service: Service, exam: Exam) -> None:
    document = service.neighbours.snapshots[str(exam.id), "1", "final"]
    document["results"][1]["value"] = "13.50"  # displayed as 13,5
    exam.publish(exam.released())
    wait_until(
        lambda: any(
            line["event"] == "report.check_failed" and line["exam_id"] == str(exam.id)
            for line in service.worker_log()
        )
    )
    line = next(line for line in service.worker_log() if line["event"] == "report.check_failed")
    assert line["level"] == "error"
    assert line["reason"] == "data/1/display"
    assert exam.files("releaser") == []


def test_logs_name_no_patient_and_no_value(service: Service) -> None:
    text = Path(service.folder / "worker.log").read_text() + Path(service.folder / "api.log").read_text()
    for secret in ("Maria Aparecida", "52998224725", "529.982", "13,5", "Joana", "Beatriz"):
        assert secret not in text


def test_the_signature_covers_the_whole_file_that_is_served(service: Service, exam: Exam) -> None:
    exam.publish(exam.released())
    exam.told(1)
    (item,) = exam.files("releaser")
    link = exam.get(f"/{item['id']}/download?as=json", "releaser").json()
    pdf = httpx.get(link["url"]).content
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    start, first, second, length = signature.byte_range
    assert (start, second + length) == (0, len(pdf))
    assert first > 0

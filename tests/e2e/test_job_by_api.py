"""The main job by API, as `laudo demo` runs it, and what it leaves behind: one trace, quiet logs, a sound PDF."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from infra.local.demo_client import client
from infra.local.demo_run import BLOOD_COUNT, MainJob
from infra.local.engines.process import free_port
from infra.local.trace_log import lines_of
from tests.support.live import LiveSystem, start_live_system, stop_live_system


@pytest.fixture(scope="module")
def job(live_system: LiveSystem) -> Iterator[MainJob]:
    with client(live_system.url) as http:
        done = MainJob(http)
        done.run()
        yield done


def test_the_whole_job_goes_through(job: MainJob) -> None:
    assert len(job.steps) == 16
    assert job.pdf.startswith(b"%PDF")


def test_one_trace_leads_from_the_release_to_the_sent_messages(job: MainJob, live_system: LiveSystem) -> None:
    logs = live_system.home / "logs"
    sent = [
        line
        for line in live_system.log("notification-worker")
        if line["event"] == "delivery.sent"
        and line.get("exam_id") == job.exam["id"]
        and line.get("template") == "ready"
    ]
    assert {line["channel"] for line in sent} == {"email", "sms"}
    assert len({line["trace_id"] for line in sent}) == 1
    story = [
        (line["service"], line["event"], line.get("event_type"))
        for line in lines_of(sent[0]["trace_id"], logs)
    ]
    for step in (
        ("exam-results", "request", None),
        ("exam-results", "outbox.published", "exam.updated"),
        ("file-management", "outbox.published", "file.processed"),
        ("exam-results", "outbox.published", "exam.result.ready"),
    ):
        assert step in story
    assert any(
        line["route"].endswith("/release") for line in lines_of(sent[0]["trace_id"], logs) if "route" in line
    )


def test_logs_hold_no_person_and_no_value(job: MainJob, live_system: LiveSystem) -> None:
    text = "".join(file.read_text(errors="replace") for file in (live_system.home / "logs").glob("*.jsonl*"))
    people = live_system.people
    secret = {
        person[field] for person in people for field in ("name", "email", "phone", "cpf") if person.get(field)
    }
    secret |= {person["password"] for person in people} | {"Demonstra", "Hemograma", "HEMO", "58410-2"}
    assert {word for word in secret if word in text} == set()
    assert not re.search(r'"value', text)


def test_the_signature_is_judged_valid_by_another_program(
    job: MainJob, live_system: LiveSystem, tmp_path: Path
) -> None:
    report = tmp_path / "laudo.pdf"
    report.write_bytes(job.pdf)
    verdict = _pyhanko(report, live_system)
    assert "judged VALID" in verdict
    assert "covers the entire file" in verdict
    middle = len(job.pdf) // 2
    report.write_bytes(job.pdf[:middle] + bytes([job.pdf[middle] ^ 1]) + job.pdf[middle + 1 :])
    assert "judged VALID" not in _pyhanko(report, live_system)


def _pyhanko(report: Path, live_system: LiveSystem) -> str:
    program = Path(sys.executable).with_name("pyhanko")
    trust = live_system.home / "signing" / "authority.pem"
    command: list[str | Path] = [program, "sign", "validate", "--pretty-print", "--trust", trust, report]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    return outcome.stdout + outcome.stderr


def test_the_pdf_says_what_was_typed_digit_by_digit(job: MainJob) -> None:
    document = pypdfium2.PdfDocument(job.pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    results: list[dict[str, Any]] = job.patient.get(job.path).json()["results"]
    assert [item["code"] for item in results] == list(BLOOD_COUNT)
    position = 0
    for item in results:
        row = re.compile(
            rf"{re.escape(item['name_pt'])}\s+{re.escape(BLOOD_COUNT[item['code']])}\s+"
            rf"{re.escape(item['unit_display'])}\s+{re.escape(item['range_pt'])}"
        )
        found = row.search(text, position)
        assert found, item["code"]
        position = found.end()


def test_the_printed_code_is_checked_by_anybody(job: MainJob, live_system: LiveSystem) -> None:
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(job.pdf))
    found = re.search(r"/verificar/((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})", re.sub(r"\s", "", text))
    assert found
    code = found[1]
    with client(live_system.url) as http:
        told = http.get(f"/api/v1/files/verification/{code}").json()
        assert told["outcome"] == "valid"
        assert told["report_version"] == 1
        assert told["sha256"] == hashlib.sha256(job.pdf).hexdigest()
        assert told["signer"]
        page = http.get(f"/verificar/{code}")
        assert page.status_code == 200
        assert "Laudo autêntico" in page.text
        changed = code[:-1] + ("0" if code[-1] != "0" else "1")
        assert http.get(f"/api/v1/files/verification/{changed}").json()["outcome"] == "unknown"


def test_what_was_done_is_still_there_after_a_restart(tmp_path: Path) -> None:
    port = free_port()
    first = start_live_system(tmp_path / "home", port, durable=True)
    with client(first.url) as http:
        before = MainJob(http)
        before.run()
    stop_live_system(first)
    second = start_live_system(tmp_path / "home", port, durable=True)
    try:
        with client(second.url) as http:
            after = MainJob(http)
            after.run()
            listed = after.patient.get("/api/v1/exams").json()["items"]
            assert {before.exam["id"], after.exam["id"]} <= {item["id"] for item in listed}
            assert after.patient.get(before.path).json()["results"]
            assert after.patient.get(f"/api/v1/files/{before.file['id']}").status_code == 200
    finally:
        stop_live_system(second)

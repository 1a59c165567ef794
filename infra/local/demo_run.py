"""The main job as an outside client sees it: over HTTP alone, from registration to the signed report in hand.

    LAUDO_URL=http://localhost:8080 laudo demo [--json]

Demo people sign in with the codes their authenticator apps would show; nothing else is known to this client.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console

from infra.local.demo_client import Person, StepFailed, client, demo_people, expect, until

# A complete blood count as a laboratory would type it, decimal commas included; hemoglobin below its range.
BLOOD_COUNT = {
    "RBC": "4,31",
    "HGB": "11,2",
    "HCT": "35,8",
    "MCV": "83,1",
    "MCH": "26,0",
    "MCHC": "31,3",
    "RDW": "14,2",
    "WBC": "7,85",
    "NEUT": "4,55",
    "NEUTP": "58,0",
    "LYM": "2,35",
    "LYMP": "29,9",
    "MONO": "0,62",
    "EOS": "0,28",
    "BASO": "0,05",
    "PLT": "268",
    "MPV": "9,8",
}


@dataclass
class Step:
    name: str
    seconds: float
    detail: str = ""


@dataclass
class MainJob:
    """Runs the steps in order and keeps what each found for the next."""

    http: httpx.Client
    report: Callable[[Step], None] = lambda _: None
    steps: list[Step] = field(default_factory=list)
    exam: dict[str, Any] = field(default_factory=dict)
    file: dict[str, Any] = field(default_factory=dict)
    pdf: bytes = b""
    current: str = ""

    def run(self, until: int | None = None) -> list[Step]:
        """Take the steps that are still to be taken, all of them or until so many are done."""
        if not self.steps:
            self._call_people()
        for name, act in self._plan()[len(self.steps) : until]:
            self.current, started = name, time.monotonic()
            detail = act() or ""
            step = Step(name, round(time.monotonic() - started, 3), detail)
            self.steps.append(step)
            self.report(step)
        return self.steps

    def _call_people(self) -> None:
        people = demo_people(self.http)
        self.doctor, self.technician = people["doctor"], people["technician"]
        self.releaser, self.patient = people["releaser"], people["patient"]
        self.stranger, self.other_clinic = people["other_patient"], people["other_clinic_doctor"]

    def _plan(self) -> list[tuple[str, Callable[[], str | None]]]:
        return [
            ("doctor signs in", self.doctor_signs_in),
            ("doctor finds the patient", self.finds_patient),
            ("doctor registers a complete blood count", self.registers_exam),
            ("technician signs in and records the collection", self.records_collection),
            ("technician enters 17 values", self.enters_values),
            ("technician completes the exam", self.completes),
            ("draft PDF is ready", self.looks_at_draft),
            ("releaser signs in", self.releaser_signs_in),
            ("releaser releases with a step-up code", self.releases),
            ("report is rendered, checked, signed and opened", self.report_is_opened),
            ("patient is told by e-mail and SMS", self.patient_is_told),
            ("patient signs in and finds the exam", self.patient_finds_exam),
            ("patient reads the values as they were typed", self.patient_reads_values),
            ("patient downloads the signed PDF", self.patient_downloads),
            ("another patient and another clinic get 404", self.strangers_get_404),
            ("all of this person's exams are still there", self.list_is_complete),
        ]

    def doctor_signs_in(self) -> None:
        self.doctor.sign_in()

    def finds_patient(self) -> None:
        self.patient.sign_in()
        me = expect(self.patient.get("/api/v1/accounts/me"), 200)
        found = expect(self.doctor.get("/api/v1/accounts/patients", q=me["name"]), 200)["items"]
        mine = {record["patient_id"] for record in me["patient_records"]}
        self.patient_id = next((item["id"] for item in found if item["id"] in mine), None)
        if self.patient_id is None:
            raise StepFailed("the patient was not found by name")

    def registers_exam(self) -> str:
        body = {"patient_id": self.patient_id, "code": "HEMO", "priority": "routine"}
        key = str(uuid4())
        created = expect(self.doctor.post("/api/v1/exams", body, key=key), 201)
        again = expect(self.doctor.post("/api/v1/exams", body, key=key), 201)
        if created["id"] != again["id"]:
            raise StepFailed("the same Idempotency-Key made two exams")
        self.exam = created
        self.path = f"/api/v1/exams/{created['id']}"
        return str(created["protocol"])

    def records_collection(self) -> None:
        self.technician.sign_in()
        body = {
            "barcode": f"AM{int(time.time())}",
            "collected_at": datetime.now(UTC).isoformat(),
            "patient_identified_by": ["name", "birth_date"],
        }
        expect(self.technician.post(f"{self.path}/collection", body), 200)
        expect(self.technician.post(f"{self.path}/analysis", {}), 200)

    def enters_values(self) -> None:
        exam = expect(self.technician.get(self.path), 200)
        catalogue = expect(self.technician.get("/api/v1/exams/catalogue"), 200)["items"]
        panel = next(item for item in catalogue if item["code"] == "HEMO")
        values = [
            {"code": item["code"], "value": BLOOD_COUNT[item["code"]], "unit": item["unit"]}
            for item in panel["components"]
        ]
        body = {"version": exam["version"], "values": values}
        expect(self.technician.put(f"{self.path}/results", body), 200)

    def completes(self) -> None:
        exam = expect(self.technician.get(self.path), 200)
        expect(self.technician.post(f"{self.path}/completion", {"version": exam["version"]}), 200)

    def looks_at_draft(self) -> None:
        def draft() -> Any:
            files = expect(self.technician.get("/api/v1/files", exam_id=self.exam["id"]), 200)["items"]
            return next((item for item in files if item["kind"] == "draft_report"), None)

        found = until("the draft report", draft)
        self._download(self.technician, found["id"])

    def releaser_signs_in(self) -> None:
        self.releaser.sign_in()

    def releases(self) -> None:
        self.releaser.step_up()
        exam = expect(self.releaser.get(self.path), 200)
        expect(self.releaser.post(f"{self.path}/release", {"version": exam["version"]}), 200)

    def report_is_opened(self) -> None:
        def opened() -> Any:
            report = expect(self.patient.get(self.path), 200).get("report")
            return report if report and report.get("opened") else None

        until("the signed report", opened)

    def patient_is_told(self) -> None:
        def told() -> bool:
            answer = self.patient.get("/api/v1/notifications", exam_id=self.exam["id"])
            sent = {
                item["channel"]
                for item in expect(answer, 200)["items"]
                if item["template"] == "ready" and item["state"] in ("sent", "delivered")
            }
            return {"email", "sms"} <= sent

        until("e-mail and SMS", told)

    def patient_finds_exam(self) -> None:
        listed = expect(self.patient.get("/api/v1/exams"), 200)["items"]
        if self.exam["id"] not in {item["id"] for item in listed}:
            raise StepFailed("the exam is not in the patient's list")

    def patient_reads_values(self) -> str:
        results = expect(self.patient.get(self.path), 200)["results"]
        shown = {item["code"]: item["value"] for item in results}
        typed = {code: value.replace(",", ".") for code, value in BLOOD_COUNT.items()}
        if shown != typed:
            raise StepFailed("the values shown are not those that were typed")
        if any(item["unit"] is None or not item["range_pt"] for item in results):
            raise StepFailed("a value is shown without its unit or range")
        hemoglobin = next(item for item in results if item["code"] == "HGB")
        low = Decimal(hemoglobin["value"]) < Decimal(hemoglobin["range"]["lo"])
        if low != (hemoglobin["flag"] in ("L", "LL")):
            raise StepFailed("the flag contradicts value and range")
        return f"{len(shown)} values"

    def patient_downloads(self) -> str:
        files = expect(self.patient.get("/api/v1/files", exam_id=self.exam["id"]), 200)["items"]
        self.file = next(item for item in files if item["kind"] == "signed_report")
        self.pdf = self._download(self.patient, self.file["id"])
        if hashlib.sha256(self.pdf).hexdigest() != self.file["sha256"]:
            raise StepFailed("the bytes are not those whose hash was announced")
        if b"/ByteRange" not in self.pdf:
            raise StepFailed("the PDF carries no signature")
        return f"{len(self.pdf)} bytes, {self.file['file_name']}"

    def strangers_get_404(self) -> None:
        self.stranger.sign_in()
        self.other_clinic.sign_in()
        for person in (self.stranger, self.other_clinic):
            expect(person.get(self.path), 404)
            expect(person.get(f"/api/v1/files/{self.file['id']}"), 404)
            expect(person.get(f"/api/v1/files/{self.file['id']}/download"), 404)
        expect(httpx.get(self.http.base_url.join(self.path)), 401)

    def list_is_complete(self) -> str:
        seen, cursor = 0, None
        while True:
            params: dict[str, str] = {"cursor": cursor} if cursor else {}
            page = expect(self.patient.get("/api/v1/exams", **params), 200)
            seen += len(page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                return f"{seen} exams"

    def _download(self, person: Person, file_id: str) -> bytes:
        redirect = person.get(f"/api/v1/files/{file_id}/download")
        expect(redirect, 302)
        answer = httpx.get(redirect.headers["location"])
        if answer.status_code != httpx.codes.OK or not answer.content.startswith(b"%PDF"):
            raise StepFailed(f"the presigned address gave {answer.status_code} and no PDF")
        return answer.content


def run_demo(console: Console, *, as_json: bool) -> int:
    """Run the job once, print each step with its time, and return the exit code: 1 when a step failed."""
    with client() as http:
        job = MainJob(http, report=lambda step: None if as_json else _print_step(console, step))
        failure = ""
        try:
            job.run()
        except StepFailed as failed:
            failure = str(failed)
        except httpx.TransportError:
            failure = (
                f"nothing answers at {http.base_url}: start the product with `make run`, or set LAUDO_URL"
            )
    if as_json:
        outcome = {
            "ok": not failure,
            "failure": failure or None,
            "seconds": round(sum(step.seconds for step in job.steps), 3),
            "exam_id": job.exam.get("id"),
            "protocol": job.exam.get("protocol"),
            "file_id": job.file.get("id"),
            "steps": [asdict(step) for step in job.steps],
        }
        console.print_json(json.dumps(outcome))
    elif failure:
        console.print(f"[red]✗[/red] {job.current}: {failure}")
    return 1 if failure else 0


def _print_step(console: Console, step: Step) -> None:
    console.print(f"[green]✓[/green] {step.name:<58} {step.seconds:7.3f} s  {step.detail}")

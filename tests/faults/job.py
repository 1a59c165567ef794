"""One main job by HTTP, as people and their browsers would carry it through faults: what failed is tried again."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from infra.local.demo_client import StepFailed, expect
from infra.local.demo_run import BLOOD_COUNT
from tests.faults.crew import Crew, Patient

PATIENCE_S = 600.0  # far over what a job takes: what matters is that it ends by itself
SETTLED = ("sent", "delivered", "suppressed", "failed")  # unknown is waited for: the provider tells
_AGAIN_AFTER_S = 0.7


@dataclass(frozen=True)
class Job:
    """Carries one exam of one patient from registration until the patient was told, twice and by both channels."""

    crew: Crew
    patient: Patient
    until: float = float("inf")  # of time.monotonic(): whatever is not reached by then has failed

    def run(self, registered: Callable[[str], None]) -> None:
        """Tell the exam's id as soon as there is one; raise StepFailed when a step does not come about."""
        exam_id = self._register()
        registered(exam_id)
        path = f"/api/v1/exams/{exam_id}"
        self._reach(
            path, "collected", lambda _: self._technician("POST", f"{path}/collection", _collection())
        )
        self._reach(path, "in_analysis", lambda _: self._technician("POST", f"{path}/analysis", {}))
        self._reach(path, None, lambda exam: self._enter_values(path, exam))
        self._reach(path, "completed", lambda exam: self._complete(path, exam))
        self._wait("the draft", lambda: self._files(exam_id, "draft_report"))
        self._reach(path, "released", lambda exam: self._release(path, exam))
        self._wait("the opened report", lambda: self._opened(path))
        self._wait("the messages", lambda: self._told(exam_id))

    def deliveries(self, exam_id: str) -> list[dict[str, Any]]:
        reader = self.patient.member
        answer = _done(lambda: reader.fresh().get("/api/v1/notifications", exam_id=exam_id), 200)
        return list((answer or {"items": []})["items"])

    def _register(self) -> str:
        key, body = (
            str(uuid4()),
            {"patient_id": self.patient.patient_id, "code": "HEMO", "priority": "routine"},
        )
        registered = self._wait(
            "a registered exam",
            lambda: _done(lambda: self.crew.doctor.fresh().post("/api/v1/exams", body, key=key), 201),
        )
        return str(registered["id"])

    def _reach(self, path: str, state: str | None, act: Callable[[dict[str, Any]], httpx.Response]) -> None:
        """Act until it is done. After an answer that never came, the exam itself tells whether it was."""
        deadline = min(self.until, time.monotonic() + PATIENCE_S)
        while time.monotonic() < deadline:
            exam = _done(lambda: self.crew.technician.fresh().get(path), 200)
            if exam and exam["state"] == state:
                return
            if exam and _done(lambda exam=exam: act(exam), 200):  # type: ignore[misc]
                return
            time.sleep(_AGAIN_AFTER_S)
        raise StepFailed(f"{state or 'values'} not reached within {PATIENCE_S:.0f} s")

    def _wait(self, what: str, found: Callable[[], Any]) -> Any:
        deadline = min(self.until, time.monotonic() + PATIENCE_S)
        while time.monotonic() < deadline:
            if result := found():
                return result
            time.sleep(_AGAIN_AFTER_S)
        raise StepFailed(f"waited up to {PATIENCE_S:.0f} s in vain for: {what}")

    def _technician(self, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
        person = self.crew.technician.fresh()
        return person.put(path, body) if method == "PUT" else person.post(path, body)

    def _enter_values(self, path: str, exam: dict[str, Any]) -> httpx.Response:
        values = [
            {"code": code, "value": value, "unit": self.crew.units[code]}
            for code, value in BLOOD_COUNT.items()
        ]
        return self._technician("PUT", f"{path}/results", {"version": exam["version"], "values": values})

    def _complete(self, path: str, exam: dict[str, Any]) -> httpx.Response:
        return self._technician("POST", f"{path}/completion", {"version": exam["version"]})

    def _release(self, path: str, exam: dict[str, Any]) -> httpx.Response:
        releaser = self.crew.releaser.stepped_up()
        return releaser.post(f"{path}/release", {"version": exam["version"]})

    def _files(self, exam_id: str, kind: str) -> list[dict[str, Any]]:
        answer = _done(lambda: self.crew.technician.fresh().get("/api/v1/files", exam_id=exam_id), 200)
        return [item for item in (answer or {"items": []})["items"] if item["kind"] == kind]

    def _opened(self, path: str) -> bool:
        exam = _done(lambda: self.patient.member.fresh().get(path), 200)
        return bool(exam and exam["report"] and exam["report"]["opened"])

    def _told(self, exam_id: str) -> bool:
        told = {
            (item["template"], item["channel"])
            for item in self.deliveries(exam_id)
            if item["state"] in SETTLED
        }
        return told >= {(t, c) for t in ("completed", "ready") for c in ("email", "sms")}


def _collection() -> dict[str, Any]:
    return {
        "barcode": f"AM{uuid4().hex[:12].upper()}",
        "collected_at": datetime.now(UTC).isoformat(),
        "patient_identified_by": ["name", "birth_date"],
    }


def _done(call: Callable[[], httpx.Response], status: int) -> dict[str, Any] | None:
    """The answer's JSON; None when the product was down, busy or ahead of us, and it is to be tried again."""
    try:
        answer = call()
    except httpx.TransportError:
        return None
    if answer.status_code >= 500 or answer.status_code in (409, 429):
        return None
    return expect(answer, status)

"""Exams on their whole way, one after the other, with a bare SNS->SQS message beside each; times out of the logs.

The moment a message reaches its handler and the moment it was relayed stand in the services' own log lines, found by
the trace id that this client gives the request.
"""

import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Queue
from typing import Any
from uuid import uuid4

import httpx

from infra.local.demo_client import Person, expect, until
from infra.local.demo_run import BLOOD_COUNT
from infra.local.provision.clients import AwsAccount
from tests.load.stand import Stand

EXAMS = "/api/v1/exams"
LOOK_S = 0.1  # the emulator's long poll looks so often: who comes right after a look waits longest
HOPS = 3  # release -> report maker -> exam results -> notification


@dataclass
class Times:
    """Milliseconds, one entry per exam."""

    commit_to_handler: list[float] = field(default_factory=list)
    commit_to_published: list[float] = field(default_factory=list)
    released_to_told: list[float] = field(default_factory=list)
    report_making: list[float] = field(default_factory=list)
    bare_hop: list[float] = field(default_factory=list)
    exam_ids: list[str] = field(default_factory=list)


class BareQueue:
    """A topic and a queue of our own on the same emulator, with nothing around them but the SDK."""

    def __init__(self, stand: Stand, region: str, account_id: str) -> None:
        account = AwsAccount(stand.aws_url, region, account_id)
        self._sns, self._sqs = account.client("sns"), account.client("sqs")
        self._topic = self._sns.create_topic(Name="bench-bare")["TopicArn"]
        arn = f"arn:aws:sqs:{region}:{account_id}:bench-bare"
        only_ours = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": self._topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [only_ours]})
        self._url = self._sqs.create_queue(QueueName="bench-bare", Attributes={"Policy": policy})["QueueUrl"]
        self._sns.subscribe(
            TopicArn=self._topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
        )
        self._arrived: Queue[float] = Queue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True)
        self._thread.start()

    def hop_ms(self) -> float:
        at_a_random_moment()
        sent = time.time()
        self._sns.publish(TopicArn=self._topic, Message="x" * 800)
        return (self._arrived.get(timeout=10) - sent) * 1000

    def close(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def _poll(self) -> None:
        while not self._stop.is_set():
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=2)
            now = time.time()
            for message in answer.get("Messages", []):
                self._arrived.put(now)
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


@dataclass
class Journey:
    stand: Stand
    exams: httpx.Client
    bare: BareQueue
    times: Times = field(default_factory=Times)
    _released: list[tuple[str, str, float]] = field(default_factory=list)
    _registered: list[tuple[str, float]] = field(default_factory=list)

    def run(self, count: int, registered_only: int) -> Times:
        """Let `count` exams go their whole way, and register others that stay behind: a hop takes anything up to
        `LOOK_S`, so a median needs many.
        """
        doctor, technician = self.stand.person("doctor"), self.stand.person("technician")
        releaser, patient = self.stand.person("releaser"), self.stand.person("patient")
        releaser.step_up()
        me = expect(patient.get("/api/v1/accounts/me"), 200)
        found = expect(doctor.get("/api/v1/accounts/patients", q=me["name"]), 200)["items"]
        mine = {record["patient_id"] for record in me["patient_records"]}
        patient_id = next(item["id"] for item in found if item["id"] in mine)
        self._units = self._units_of(technician)
        for _ in range(count):
            exam_id = self._register(doctor, patient_id)
            self.times.bare_hop.append(self.bare.hop_ms())
            self._work(technician, exam_id)
            self._release(releaser, technician, exam_id)
            self.times.bare_hop.append(self.bare.hop_ms())
            self._told(patient, exam_id)
            self.times.exam_ids.append(exam_id)
        for _ in range(registered_only):
            self._register(doctor, patient_id)
            self.times.bare_hop.append(self.bare.hop_ms())
        self._read_logs()
        return self.times

    def _send(
        self, who: Person, method: str, path: str, body: dict[str, Any], trace: str = ""
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {who.token}"}
        if trace:
            headers |= {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        if path == EXAMS:
            headers |= {"Idempotency-Key": str(uuid4())}
        return expect(self.exams.request(method, path, json=body, headers=headers), 200, 201)

    def _units_of(self, who: Person) -> dict[str, str | None]:
        catalogue = expect(who.get(f"{EXAMS}/catalogue"), 200)["items"]
        panel = next(item for item in catalogue if item["code"] == "HEMO")
        return {item["code"]: item["unit"] for item in panel["components"]}

    def _register(self, doctor: Person, patient_id: str) -> str:
        trace = uuid4().hex
        at_a_random_moment()
        made = self._send(doctor, "POST", EXAMS, {"patient_id": patient_id, "code": "HEMO"}, trace)
        self._registered.append((trace, time.time()))
        return str(made["id"])

    def _work(self, technician: Person, exam_id: str) -> None:
        path = f"{EXAMS}/{exam_id}"
        collection = {
            "barcode": f"AM{uuid4().hex[:12]}",
            "collected_at": datetime.now(UTC).isoformat(),
            "patient_identified_by": ["name", "birth_date"],
        }
        self._send(technician, "POST", f"{path}/collection", collection)
        exam = self._send(technician, "POST", f"{path}/analysis", {})
        values = [
            {"code": code, "value": BLOOD_COUNT[code], "unit": unit} for code, unit in self._units.items()
        ]
        exam = self._send(
            technician, "PUT", f"{path}/results", {"version": exam["version"], "values": values}
        )
        self._send(technician, "POST", f"{path}/completion", {"version": exam["version"]})

    def _release(self, releaser: Person, technician: Person, exam_id: str) -> None:
        """When the draft is there, so that only the signed report's way is on the clock."""

        def draft() -> Any:
            return expect(technician.get("/api/v1/files", exam_id=exam_id), 200)["items"]

        until("the draft report", draft)
        exam = expect(releaser.get(f"{EXAMS}/{exam_id}"), 200)
        trace = uuid4().hex
        at_a_random_moment()
        self._send(releaser, "POST", f"{EXAMS}/{exam_id}/release", {"version": exam["version"]}, trace)
        self._released.append((trace, exam_id, time.time()))

    def _told(self, patient: Person, exam_id: str) -> None:
        def sent() -> Any:
            found = expect(patient.get("/api/v1/notifications", exam_id=exam_id), 200)["items"]
            ready = [item["sent_at"] for item in found if item["template"] == "ready" and item["sent_at"]]
            return min(ready) if ready else None

        at = datetime.fromisoformat(until("the message", sent)).timestamp()
        self.times.released_to_told.append((at - self._released[-1][2]) * 1000)

    def _read_logs(self) -> None:
        notified = _handled(self.stand, "notification-worker", "exam.created")
        self.times.commit_to_handler = [
            (notified[trace][0] - at) * 1000 for trace, at in self._registered if trace in notified
        ]
        published = _published(self.stand, "exam-results-worker", "exam.created")
        self.times.commit_to_published = [
            (published[trace] - at) * 1000 for trace, at in self._registered if trace in published
        ]
        made = _handled(self.stand, "file-management-worker", "exam.updated")
        self.times.report_making = [made[trace][1] for trace, _, _ in self._released]

    def told_apart_from_report(self) -> list[float]:
        """Release to sent, less the making of the report (rendering, proof-reading, signing, storing)."""
        return [
            told - making
            for told, making in zip(self.times.released_to_told, self.times.report_making, strict=True)
        ]


def at_a_random_moment() -> None:
    """Not in step with the queues: a message sent because one has just arrived would always wait for a whole look."""
    time.sleep(random.uniform(0, LOOK_S))


def _handled(stand: Stand, worker: str, event_type: str) -> dict[str, tuple[float, float]]:
    """Return, by trace id, when the handler began (seconds) and how long it took (ms)."""
    found = {}
    for line in stand.live.log(worker):
        if line.get("event") == "message.handled" and line.get("event_type") == event_type:
            took = float(line["duration_ms"])
            began = datetime.fromisoformat(line["timestamp"]).timestamp() - took / 1000
            found[line["trace_id"]] = (began, took)
    return found


def _published(stand: Stand, worker: str, event_type: str) -> dict[str, float]:
    """Return, by trace id, when the relay had the emulator's word that it took the message (seconds)."""
    return {
        line["trace_id"]: datetime.fromisoformat(line["timestamp"]).timestamp()
        for line in stand.live.log(worker)
        if line.get("event") == "outbox.published" and line.get("event_type") == event_type
    }

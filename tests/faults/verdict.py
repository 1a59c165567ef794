"""What an outsider finds when all is over: counted at the providers, in the lists, and at strangers' doors."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx

from infra.local.demo_client import expect
from infra.local.provision.clients import AwsAccount
from tests.faults.crew import Crew, Patient
from tests.faults.job import Job

TOPOLOGY = json.loads((Path(__file__).resolve().parents[2] / "topology.json").read_text(encoding="utf-8"))
_SUBJECTS = {"Atendimento concluído": "completed", "Novo documento disponível no portal": "ready"}
CHANNELS = ("email", "sms")


@dataclass
class Verdict:
    """The figures of docs/bench/faults.json, and in `because` every single finding behind a bad one."""

    released: int = 0
    sent: int = 0
    unknown: int = 0
    lost: int = 0
    twice: int = 0
    wrong_person: int = 0
    dead_letters: int = 0
    because: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.twice or self.wrong_person or self.dead_letters or self.unknown)

    def figures(self) -> dict[str, Any]:
        return asdict(self)

    def find(self, kind: str, what: str, count: int = 1) -> None:
        setattr(self, kind, getattr(self, kind) + count)
        self.because.append(f"{kind}: {what}")


class Accepted:
    """What the providers' stand-in took: e-mails by exam and occasion, texts by delivery."""

    def __init__(self, aws_url: str) -> None:
        with httpx.Client(base_url=aws_url, trust_env=False) as http:
            mails = http.get("/_ministack/ses/messages").json()["messages"]
            self._texts = http.get("/_ministack/sns/sms-messages").json()["sms_messages"]
        self._mails = [mail for sent in mails.values() for mail in sent]

    def emails(self, exam_id: str, template: str) -> list[str]:
        """The addresses to which this was sent, once for every message."""
        return [
            ",".join(mail["To"])
            for mail in self._mails
            if f"/exames/{exam_id}" in mail["BodyText"] and _SUBJECTS.get(mail["Subject"]) == template
        ]

    def texts(self, delivery_id: str) -> list[str]:
        return [
            phone
            for phone, records in self._texts.items()
            for record in records
            if record["MessageAttributes"]["delivery_id"]["StringValue"] == delivery_id
        ]


def judge(crew: Crew, jobs: Mapping[str, Patient], before: set[str], home: Path) -> Verdict:
    """Look at every job's exam (id -> its patient) from outside; `before`: exams that were there already."""
    verdict = Verdict()
    aws_url = f"http://127.0.0.1:{json.loads((home / 'ports.json').read_text())['aws']}"
    accepted = Accepted(aws_url)
    if extra := crew.exams_of_the_doctor() - before - set(jobs):
        verdict.find("twice", f"{len(extra)} exams that no job has", len(extra))
    for exam_id, patient in jobs.items():
        _judge_report(verdict, crew, exam_id, patient)
        _judge_messages(verdict, Job(crew, patient).deliveries(exam_id), accepted, exam_id, patient)
        _judge_strangers(verdict, crew, exam_id, patient)
    for queue, count in dead_letters(aws_url).items():
        verdict.find("dead_letters", f"{count} in {queue}", count)
    return verdict


def _judge_report(verdict: Verdict, crew: Crew, exam_id: str, patient: Patient) -> None:
    files = expect(patient.member.fresh().get("/api/v1/files", exam_id=exam_id), 200)["items"]
    signed = Counter(item["report_version"] for item in files if item["kind"] == "signed_report")
    if signed[1] == 0:
        verdict.find("lost", f"no signed report of {exam_id}")
    else:
        verdict.released += 1
    if more := signed.total() - len(signed):
        verdict.find("twice", f"{more} signed reports too many of {exam_id}", more)


def _judge_messages(
    verdict: Verdict, deliveries: list[dict[str, Any]], accepted: Accepted, exam_id: str, patient: Patient
) -> None:
    told = Counter((item["template"], item["channel"]) for item in deliveries)
    for occasion in ((template, channel) for template in _SUBJECTS.values() for channel in CHANNELS):
        if told[occasion] != 1:
            verdict.find(
                "lost" if told[occasion] == 0 else "twice", f"{told[occasion]} x {occasion} {exam_id}"
            )
    for item in deliveries:
        by_email = item["channel"] == "email"
        to = accepted.emails(exam_id, item["template"]) if by_email else accepted.texts(item["id"])
        what = f"{item['template']} by {item['channel']} of {exam_id}: {item['state']}, {len(to)} accepted"
        verdict.sent += min(1, len(to))
        verdict.unknown += item["state"] == "unknown"
        if len(to) > 1:
            verdict.find("twice", what, len(to) - 1)
        if wrong := [one for one in to if one != (patient.email if by_email else patient.phone)]:
            verdict.find("wrong_person", what, len(wrong))
        # A message about the visit may be overtaken by the report; that of the report must go out.
        in_time = item["template"] == "ready" or item["state"] != "suppressed"
        if not to and in_time and item["state"] != "unknown":
            verdict.find("lost", what)


def _judge_strangers(verdict: Verdict, crew: Crew, exam_id: str, patient: Patient) -> None:
    for stranger in crew.patients:
        if stranger is patient:
            continue
        status = stranger.member.fresh().get(f"/api/v1/exams/{exam_id}").status_code
        if status != httpx.codes.NOT_FOUND:
            verdict.find("wrong_person", f"{exam_id} answers {status} to another patient")


def dead_letters(aws_url: str) -> dict[str, int]:
    """The dead-letter queues that are not empty, with how many messages they hold."""
    sqs = AwsAccount(aws_url, TOPOLOGY["region"], TOPOLOGY["account_id"]).client("sqs")
    suffix = TOPOLOGY["queue_settings"]["dead_letter_suffix"]
    counts: dict[str, int] = {}
    for name in TOPOLOGY["queues"]:
        url = sqs.get_queue_url(QueueName=name + suffix)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        if count := int(attributes["Attributes"]["ApproximateNumberOfMessages"]):
            counts[name + suffix] = count
    return counts

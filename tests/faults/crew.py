"""The people of the job, signed in once and shared by jobs side by side: a person's code works only once."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from infra.local.demo_client import Person, StepFailed, expect
from infra.local.runner.people import demo_people

_TOKEN_GOOD_FOR_S = 480  # of ten minutes
_STEP_UP_GOOD_FOR_S = 200  # of five minutes
_PATIENCE_S = 240.0
_AGAIN_AFTER_S = 1.0


@dataclass
class Member:
    """One signed-in person; `fresh()` gives the person with a token that still holds."""

    known: dict[str, Any]
    person: Person
    signed_in_at: float = float("-inf")
    stepped_up_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self) -> Person:
        with self.lock:
            if time.monotonic() - self.signed_in_at > _TOKEN_GOOD_FOR_S:
                _insist(self.person.sign_in)
                self.signed_in_at, self.stepped_up_at = time.monotonic(), float("-inf")
            return self.person

    def stepped_up(self) -> Person:
        person = self.fresh()
        with self.lock:
            if time.monotonic() - self.stepped_up_at > _STEP_UP_GOOD_FOR_S:
                _insist(person.step_up)
                self.stepped_up_at = self.signed_in_at = time.monotonic()
        return person


@dataclass(frozen=True)
class Patient:
    member: Member
    patient_id: str

    @property
    def email(self) -> str:
        return str(self.member.known["email"])

    @property
    def phone(self) -> str:
        return str(self.member.known["phone"])


class Crew:
    """Doctor, technician, releaser and the patients of the first demo clinic."""

    def __init__(self, http: httpx.Client) -> None:
        people = demo_people()
        clinic = people[0]["clinics"][0]

        def members(role: str) -> list[Member]:
            found = [one for one in people if role in one["roles"] and clinic in one["clinics"]]
            return [
                Member(one, Person(http, one["login"], one["password"], one.get("totp_secret")))
                for one in found
            ]

        self.doctor, self.technician = members("doctor")[0], members("technician")[0]
        self.releaser = members("releaser")[0]
        self.patients = [Patient(one, _record(one.known, clinic)) for one in members("patient")]
        catalogue = expect(self.technician.fresh().get("/api/v1/exams/catalogue"), 200)["items"]
        panel = next(item for item in catalogue if item["code"] == "HEMO")
        self.units = {item["code"]: item["unit"] for item in panel["components"]}

    def exams_of_the_doctor(self) -> set[str]:
        """Every exam that the doctor ordered, over all pages."""
        found: set[str] = set()
        cursor: dict[str, str] = {}
        while True:
            page = expect(self.doctor.fresh().get("/api/v1/exams", limit="100", **cursor), 200)
            found |= {item["id"] for item in page["items"]}
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}


def _insist(act: Callable[[], None]) -> None:
    """Do it again, as a person would, while the product cannot."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return act()
        except (httpx.TransportError, StepFailed):
            if time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_AFTER_S)


def _record(known: dict[str, Any], clinic: str) -> str:
    return str(next(one["patient_id"] for one in known["records"] if one["clinic"] == clinic))

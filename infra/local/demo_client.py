"""A demo person at the door of the product: HTTP alone, codes as an authenticator app would show them."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyotp
import yaml

PEOPLE = Path(__file__).with_name("demo") / "people.yaml"
_TOTP_STEP_S = 30


class StepFailed(Exception):
    """A step did not go as it must; the text says what was expected and what came."""


@dataclass
class Person:
    """A demo person at the door: signs in, remembers the token, makes requests."""

    http: httpx.Client
    login: str
    password: str
    totp_secret: str | None = None
    token: str = ""
    account_id: str = ""

    def sign_in(self) -> None:
        body = {"login": self.login, "password": self.password}
        if not self.totp_secret:
            self._remember(expect(self.http.post("/api/v1/accounts/sessions", json=body), 200))
            return
        answer = self._with_code(
            lambda code: self.http.post("/api/v1/accounts/sessions", json={**body, "code": code})
        )
        self._remember(expect(answer, 200))

    def step_up(self) -> None:
        """Prove the second factor again. A code works once, so this may wait for the next one (up to 30 s)."""
        answer = self._with_code(lambda code: self.post("/api/v1/accounts/step-up", {"code": code}))
        self.token = expect(answer, 200)["access_token"]

    def get(self, path: str, **params: str) -> httpx.Response:
        return self.http.get(path, params=params, headers=self._headers())

    def post(self, path: str, body: dict[str, Any], *, key: str | None = None) -> httpx.Response:
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        return self.http.post(path, json=body, headers=headers)

    def put(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.http.put(path, json=body, headers=self._headers())

    def _remember(self, session: dict[str, Any]) -> None:
        self.token = session["access_token"]
        self.account_id = session["account"]["id"]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _with_code(self, attempt: Callable[[str], httpx.Response]) -> httpx.Response:
        """Try the current code and, when it was used already, the next ones as their time comes."""
        assert self.totp_secret
        totp = pyotp.TOTP(self.totp_secret)
        for _ in range(3):
            for ahead in (0, _TOTP_STEP_S):  # the service accepts one step of clock skew
                answer = attempt(totp.at(int(time.time()) + ahead))
                if answer.status_code != httpx.codes.UNAUTHORIZED:
                    return answer
            time.sleep(_TOTP_STEP_S - time.time() % _TOTP_STEP_S)
        return answer


def expect(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """Return the JSON body; raise StepFailed when the status is none of those expected."""
    if answer.status_code not in statuses:
        code = ""
        if "json" in answer.headers.get("content-type", ""):
            code = answer.json().get("code", "")
        request = f"{answer.request.method} {answer.request.url.path}"
        raise StepFailed(f"{request}: expected {statuses}, got {answer.status_code} {code}".strip())
    return answer.json() if answer.content and answer.status_code != httpx.codes.FOUND else {}


def until(what: str, found: Callable[[], Any], timeout_s: float = 60) -> Any:
    """Ask every 0.2 s until something is found; raise StepFailed after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.2)
    raise StepFailed(f"waited {timeout_s:.0f} s in vain for: {what}")


def demo_people(http: httpx.Client) -> dict[str, Person]:
    """Return the demo people of the job by their part, from the file that `make run` seeds."""
    people: list[dict[str, Any]] = yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))["people"]
    clinic = next(person["clinics"][0] for person in people if "doctor" in person.get("roles", ()))

    def person(role: str, *, elsewhere: bool = False, skip: int = 0) -> Person:
        matching = [
            one for one in people if role in one.get("roles", ()) and (clinic in one["clinics"]) != elsewhere
        ]
        chosen = matching[skip]
        return Person(http, chosen["login"], chosen["password"], chosen.get("totp_secret"))

    return {
        "doctor": person("doctor"),
        "technician": person("technician"),
        "releaser": person("releaser"),
        "patient": person("patient"),
        "other_patient": person("patient", skip=1),
        "other_clinic_doctor": person("doctor", elsewhere=True),
    }


def client(url: str | None = None) -> httpx.Client:
    return httpx.Client(base_url=url or os.environ.get("LAUDO_URL", "http://localhost:8080"), timeout=30)

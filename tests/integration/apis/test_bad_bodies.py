"""A body that is no plain, unambiguous JSON of the right shape: each writing door says so, and nothing changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.http.middleware import MAX_BODY_BYTES
from tests.integration.apis.served import Served

MARK = "Zulmira Tavares"  # what a person typed: it may be in no answer and in no log line
JSON = "application/json"


@dataclass(frozen=True)
class Door:
    """A route that writes, who may use it, and a body that it takes, all but for `field`'s value being `MARK`."""

    service: str
    method: str
    path: str
    role: Role | None
    field: str
    body: Mapping[str, Any]

    def text(self) -> str:
        return json.dumps({**self.body, self.field: MARK})


DOORS = [
    Door("accounts", "POST", "/sessions", None, "login", {"password": "x"}),
    Door("accounts", "POST", "/patients", Role.DOCTOR, "name", {"birth_date": "1990-01-01", "sex": "F"}),
    Door("exam_results", "POST", "", Role.DOCTOR, "clinical_note", {"code": "HEMO"}),
    Door("exam_results", "PUT", "/{exam_id}/results", Role.TECHNICIAN, "note", {"version": 3, "values": []}),
    Door("notification", "PUT", "/preferences", Role.PATIENT, "email", {"sms": True}),
]
THROUGH_EVERY_DOOR = pytest.mark.parametrize(
    ("service", "door"),
    [(door.service, door) for door in DOORS],
    indirect=["service"],
    ids=[f"{door.service} {door.method} {door.path}" for door in DOORS],
)


def knock(service: Served, door: Door, content: bytes, kind: str = JSON, **headers: str) -> httpx.Response:
    """Send `content` there as somebody who may; in Portuguese unless `headers` say otherwise."""
    token = service.token(door.role) if door.role else {}
    sent = {"Content-Type": kind, "Idempotency-Key": str(new_id()), **token, **headers}
    path = door.path.format(**service.known)
    return service.send(door.method, path, content=content, headers=sent)


def refused(
    service: Served, door: Door, bodies: Mapping[str, bytes], kind: str = JSON, *, status: int, code: str
) -> None:
    """The same refusal in two languages, without a word of what was typed, and nothing anywhere is changed."""
    before, seen = service.contents(), len(service.lines())
    for name, content in bodies.items():
        portuguese = knock(service, door, content, kind)
        english = knock(service, door, content, kind, **{"Accept-Language": "en"})
        for answer in (portuguese, english):
            assert (answer.status_code, answer.json()["code"]) == (status, code), (name, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
            assert MARK.split(maxsplit=1)[0] not in answer.text, name
        assert portuguese.json()["detail"] != english.json()["detail"]
    assert service.contents() == before
    logged = service.lines()[seen:]
    assert MARK.split(maxsplit=1)[0] not in json.dumps(logged, ensure_ascii=False)
    assert {line["event"] for line in logged} == {"request"}


@THROUGH_EVERY_DOOR
def test_what_is_no_json_is_refused(service: Served, door: Door) -> None:
    text = door.text()

    def more(value: str) -> str:
        return f'{text[:-1]}, "x": {value}}}'

    broken = {
        "cut": text[:-1],
        "surplus": text + "}",
        "quotes": text.replace('"', "'"),
        "NaN": more("NaN"),
        "Infinity": more("Infinity"),
        "minus Infinity": more("-Infinity"),
        "unpaired surrogate": more('"\\ud800"'),
        "unpaired surrogate in a name": text[:-1] + ', "\\udc00": 1}',
        "huge integer": more("9" * 5000),
        "deep list": more("[" * 50_000 + "]" * 50_000),
        "deep object": more('{"a":' * 50_000 + "1" + "}" * 50_000),
        "raw control characters": text.replace("Tavares", "Tava\tres\n"),
        "raw NUL": text.replace("Tavares", "Tava\x00res"),
    }
    bodies = {name: each.encode() for name, each in broken.items()}
    bodies |= {"no text": b"\x80\x81\x82", "text and then none": text.encode() + b"\xff\xfe"}
    refused(service, door, bodies, status=400, code="json_malformed")


@THROUGH_EVERY_DOOR
def test_an_empty_body_is_refused(service: Served, door: Door) -> None:
    before = service.contents()
    answer = knock(service, door, b"")
    assert (answer.status_code, answer.json()["code"]) in {(422, "invalid"), (400, "json_malformed")}
    assert service.contents() == before


@THROUGH_EVERY_DOOR
def test_a_field_stated_twice_is_refused(service: Served, door: Door) -> None:
    again = {
        "at the top": f'"{door.field}": "x"',
        "within": '"a": {"b": 1, "b": 2}',
        "in another writing": '"\\u0061": 1, "a": 2',
    }
    bodies = {name: f"{door.text()[:-1]}, {each}}}".encode() for name, each in again.items()}
    refused(service, door, bodies, status=400, code="json_duplicate_key")


@THROUGH_EVERY_DOOR
def test_nul_is_refused(service: Served, door: Door) -> None:
    written = ("Tava\\u0000res", "\\\\\\u0000", "\\u0000")
    bodies = {each: door.text().replace("Tavares", each).encode() for each in written}
    refused(service, door, bodies, status=422, code="character_refused")


@THROUGH_EVERY_DOOR
def test_another_shape_is_refused(service: Served, door: Door) -> None:
    shapes = ("[]", "null", "1", '"Zulmira"', "true", "{}", '{"x": "Zulmira"}')
    refused(service, door, {each: each.encode() for each in shapes}, status=422, code="invalid")


@THROUGH_EVERY_DOOR
def test_a_field_of_the_wrong_type_is_refused(service: Served, door: Door) -> None:
    wrong: tuple[Any, ...] = (["Zulmira"], {"Zulmira": 1}, 10**30, 1.5, "" if door.role is None else 7)
    bodies = {str(each): json.dumps({**door.body, door.field: each}).encode() for each in wrong}
    refused(service, door, bodies, status=422, code="invalid")


@THROUGH_EVERY_DOOR
def test_another_content_type_is_refused(service: Served, door: Door) -> None:
    kinds = (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "x",
        "application/jsonx",
    )
    for kind in kinds:
        text = {kind: door.text().encode()}
        refused(service, door, text, kind, status=415, code="content_type_unsupported")


@THROUGH_EVERY_DOOR
def test_a_body_over_one_megabyte_is_refused(service: Served, door: Door) -> None:
    text = door.text()[:-1] + f', "x": "{"x" * MAX_BODY_BYTES}"}}'
    refused(service, door, {"long": text.encode()}, status=413, code="body_too_large")


@THROUGH_EVERY_DOOR
def test_a_body_over_one_megabyte_is_refused_also_when_it_says_nothing_of_its_length(
    service: Served, door: Door
) -> None:
    before = service.contents()

    def parts() -> Any:
        yield door.text()[:-1].encode() + b', "x": "'
        for _ in range(20):
            yield b"x" * (MAX_BODY_BYTES // 10)

    try:
        answer = knock(service, door, parts())
    except httpx.WriteError:  # the answer came before the last part went: also a refusal
        return
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert service.contents() == before


@pytest.mark.parametrize("service", ["file_management"], indirect=True)
def test_no_file_is_accepted_anywhere_yet_and_an_empty_one_neither(service: Served) -> None:
    """Uploads of attachments are still to come; until then every service refuses a form with a file in it."""
    for content in (b"", b"Zulmira"):
        form = {"file": ("Zulmira.pdf", content, "application/pdf")}
        answer = service.send("POST", "", files=form, headers=service.token(Role.TECHNICIAN))
        assert (answer.status_code, answer.json()["code"]) == (415, "content_type_unsupported")
    described = service.app.openapi()
    kinds = {
        kind
        for path in described["paths"].values()
        for operation in path.values()
        for kind in operation.get("requestBody", {}).get("content", {})
    }
    assert kinds <= {JSON}

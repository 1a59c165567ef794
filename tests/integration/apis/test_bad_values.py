"""Exams and results that cannot be: said clearly in both languages, and the stream stays as it was."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from tests.integration.apis.asking import ask, fault, refused
from tests.integration.apis.served import Served

EXAMS = pytest.mark.parametrize("service", ["exam_results"], indirect=True)
HEMOGLOBIN = {"code": "HGB", "value": "13,7", "unit": "g/dL"}


def results(*values: Mapping[str, Any], version: int = 3) -> dict[str, Any]:
    return {"version": version, "values": list(values)}


@EXAMS
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"value": "abc"}, "not_a_number"),
        ({"value": "13,7 g"}, "not_a_number"),
        ({"value": "1.234,5"}, "not_a_number"),
        ({"value": "-13,7"}, "not_a_number"),
        ({"value": "1e3"}, "not_a_number"),
        ({"value": "NaN"}, "not_a_number"),
        ({"value": "Infinity"}, "not_a_number"),
        ({"value": "٣٣,٧"}, "not_a_number"),
        ({"value": "１３,７"}, "not_a_number"),
        ({"value": "13\u200b,7"}, "not_a_number"),
        ({"value": "\u202e7,31"}, "not_a_number"),
        ({"value": ""}, "not_a_number"),
        ({"value": "9" * 41}, "not_a_number"),
        ({"value": "137"}, "impossible_value"),
        ({"unit": None}, "wrong_unit"),
        ({"unit": ""}, "wrong_unit"),
        ({"unit": "mg/dL"}, "wrong_unit"),
        ({"code": "XYZ"}, "unknown_component"),
        ({"code": "hgb"}, "unknown_component"),
        ({"value": 13.7}, "string_type"),
        ({"value": True}, "string_type"),
        ({"code": "H" * 21}, "string_too_long"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_the_stream_stays(
    service: Served, value: Mapping[str, Any], code: str
) -> None:
    before = service.contents()
    token = service.token(Role.TECHNICIAN)
    answers = ask(service, "PUT", "/{exam_id}/results", token, json=results({**HEMOGLOBIN, **value}))
    refused(service, answers, 422, code)
    assert service.contents() == before


@EXAMS
def test_a_value_stated_twice_is_refused_and_neither_is_stored(service: Served) -> None:
    before = service.contents()
    token = service.token(Role.TECHNICIAN)
    answers = ask(service, "PUT", "/{exam_id}/results", token, json=results(HEMOGLOBIN, HEMOGLOBIN))
    refused(service, answers, 422, "duplicate_component", "13,7")
    twice = '{"version": 3, "values": [{"code": "HGB", "value": "13,7", "value": "17,3", "unit": "g/dL"}]}'
    kind = {"Content-Type": "application/json"}
    answers = ask(service, "PUT", "/{exam_id}/results", token | kind, content=twice)
    refused(service, answers, 400, "json_duplicate_key", "13,7", "17,3")
    assert service.contents() == before


@EXAMS
@pytest.mark.parametrize("version", [-1, 2**31, 10**30, 3.5, "3x", None, True])
def test_a_version_that_cannot_be_is_refused(service: Served, version: Any) -> None:
    before = service.contents()
    token = service.token(Role.TECHNICIAN)
    body = results(HEMOGLOBIN) | {"version": version}
    for answer in ask(service, "PUT", "/{exam_id}/results", token, json=body):
        assert answer.status_code in {409, 422}  # true is 1 to the parser: an old version
    assert service.contents() == before


@EXAMS
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"code": "NADA"}, 422, "unknown_code"),
        ({"code": "hemo"}, 422, "unknown_code"),
        ({"patient_id": str(new_id())}, 409, "patient_not_known"),
        ({"patient_id": "1"}, 422, "uuid_parsing"),
        ({"scheduled_at": "0001-01-01T00:00:00+14:00"}, 422, "greater_than_equal"),
        ({"scheduled_at": "9999-12-31T23:59:59-14:00"}, 422, "less_than"),
        ({"scheduled_at": "2031-02-30T10:00:00Z"}, 422, "datetime_from_date_parsing"),
        ({"scheduled_at": "2031-02-28T10:00:00"}, 422, "timezone_aware"),
        ({"scheduled_at": "2001-02-28T10:00:00Z"}, 422, "schedule_in_past"),
        ({"priority": "urgentissimo"}, 422, "literal_error"),
        ({"clinical_note": "Zulmira \u202eoviton"}, 422, "text_invalid"),
        ({"clinical_note": "Zulmira\u200b"}, 422, "text_invalid"),
        ({"clinical_note": "Zulmira\x1b[2J"}, 422, "text_invalid"),
        ({"clinical_note": "Z" * 2001}, 422, "string_too_long"),
    ],
)
def test_an_order_that_cannot_be_is_refused(
    service: Served, changes: Mapping[str, Any], status: int, code: str
) -> None:
    before = service.contents()
    order = {"patient_id": service.known["patient_id"], "code": "HEMO", **changes}
    refused(
        service, ask(service, "POST", "", service.token(Role.DOCTOR), json=order), status, code, "Zulmira"
    )
    assert service.contents() == before


@EXAMS
@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "2031-13-01T00:00:00Z", "9999-12-31T00:00:00Z", "ontem"]
)
def test_a_collection_at_a_time_that_cannot_be_is_refused(service: Served, at: str) -> None:
    before = service.contents()
    body = {"barcode": "AM-0001", "collected_at": at, "patient_identified_by": ["name", "birth_date"]}
    for answer in ask(service, "POST", "/{exam_id}/collection", service.token(Role.TECHNICIAN), json=body):
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "collected_at")
    assert service.contents() == before


@EXAMS
@pytest.mark.parametrize("reason", ["", "  ", "x", "Zul\u202emira", "Zulmira\x07"])
def test_a_reason_nobody_can_read_is_refused(service: Served, reason: str) -> None:
    before = service.contents()
    token = service.token(Role.TECHNICIAN)
    answers = ask(service, "POST", "/{exam_id}/recollection", token, json={"reason": reason})
    assert fault(answers[0])[0] in {"reason_required", "text_invalid"}
    assert service.contents() == before


def cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@EXAMS
@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01",
        "from=0001-01-01T00:00:00%2B14:00",
        "to=9999-12-31",
        "to=9999-12-31T23:59:59-14:00",
        "from=2026-02-30",
        "patient_id=1",
        "limit=99999999999999999999",
        "limit=1e400",
        "state=perdido",
        "q=" + "x" * 101,
        "Zulmira=1",
        "q=Zulmira%00",
        "%00=1",
        f"cursor={cursor('n', '0', '0001-01-01T00:00:00+14:00', '0193a000-0000-7000-8000-0000000000ff')}",
        f"cursor={cursor('n', '9' * 30, '2026-01-01T00:00:00+00:00', '0193a000-0000-7000-8000-0000000000ff')}",
        f"cursor={cursor('n', '0', '2026-01-01T00:00:00', '0193a000-0000-7000-8000-0000000000ff')}",
        "cursor=%00",
    ],
)
def test_a_question_that_cannot_be_is_refused(service: Served, query: str) -> None:
    for answer in ask(service, "GET", f"?{query}", service.token(Role.DOCTOR)):
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] in {"invalid", "cursor_invalid", "character_refused"}
    assert "Zulmira" not in json.dumps(service.lines(), ensure_ascii=False)


@EXAMS
@pytest.mark.parametrize("key", ["", "short", "x" * 201])
def test_a_repeat_key_that_cannot_be_is_refused(service: Served, key: str) -> None:
    before = service.contents()
    order = {"patient_id": service.known["patient_id"], "code": "HEMO"}
    answer = service.send(
        "POST", "", json=order, headers={**service.token(Role.DOCTOR), "Idempotency-Key": key}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert service.contents() == before

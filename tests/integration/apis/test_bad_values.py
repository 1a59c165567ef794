"""Well-formed requests with content that cannot be: said clearly in both languages, and nothing changes."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from tests.integration.apis.served import Served

ACCOUNTS = pytest.mark.parametrize("service", ["accounts"], indirect=True)
EXAMS = pytest.mark.parametrize("service", ["exam_results"], indirect=True)
PATIENT = {"name": "Zulmira Tavares", "birth_date": "1990-02-17", "sex": "F"}
HEMOGLOBIN = {"code": "HGB", "value": "13,7", "unit": "g/dL"}


def ask(
    service: Served, method: str, path: str, token: dict[str, str], **options: Any
) -> list[httpx.Response]:
    """The same request in Portuguese and in English, each with a key of its own."""
    return [
        service.send(
            method,
            path.format(**service.known),
            headers={**token, "Idempotency-Key": str(new_id()), "Accept-Language": language},
            **options,
        )
        for language in ("pt-BR", "en")
    ]


def fault(answer: httpx.Response) -> tuple[str, str]:
    """The code and the sentence: of the field that is wrong, where one is."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    told = (body.get("errors") or [body])[0]
    return told["code"].rpartition(".")[2], told["detail"]


def refused(service: Served, answers: list[httpx.Response], status: int, code: str, *typed: str) -> None:
    (portuguese, said), (english, told) = map(fault, answers)
    assert [answer.status_code for answer in answers] == [status, status], answers[0].text
    assert (portuguese, english) == (code, code)
    assert said != told
    log = json.dumps(service.lines(), ensure_ascii=False)
    for text in typed:
        assert text not in answers[0].text
        assert text not in log


@ACCOUNTS
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "Zulmira\u202eTavares"}, "name_invalid"),
        ({"name": "Zulmira\u2066 Tavares\u2069"}, "name_invalid"),
        ({"name": "Zulmira\u200bTavares"}, "name_invalid"),
        ({"name": "Zulmira\u200dTavares"}, "name_invalid"),
        ({"name": "Zulmira\ufeffTavares"}, "name_invalid"),
        ({"name": "Zulmira\tTavares"}, "name_invalid"),
        ({"name": "Zulmira\x1b[31mTavares"}, "name_invalid"),
        ({"name": "Zulmira\u0085Tavares"}, "name_invalid"),
        ({"name": "Zulmira\u3164"}, "name_invalid"),
        ({"name": "Zulmira 2"}, "name_invalid"),
        ({"name": "Zulmir\u0430 Tavares"}, "name_mixed_scripts"),
        ({"name": "Zulmira T\u03b1vares"}, "name_mixed_scripts"),
        ({"social_name": "Zul\u202emira"}, "name_invalid"),
        ({"mother_name": "Zulmir\u0430 Tavares"}, "name_mixed_scripts"),
        ({"birth_date": "1990-02-30"}, "date_invalid"),
        ({"birth_date": "1990-13-01"}, "date_invalid"),
        ({"birth_date": "1990-02-17T00:00:00Z"}, "date_invalid"),
        ({"birth_date": "0001-01-01"}, "birth_date_too_old"),
        ({"birth_date": "0000-01-01"}, "date_invalid"),
        ({"birth_date": "9999-12-31"}, "birth_date_in_future"),
        ({"birth_date": "１９９０-02-17"}, "date_invalid"),
        ({"cpf": "52998224726"}, "cpf_invalid"),
        ({"cpf": "٥٢٩٩٨٢٢٤٧٢٥"}, "cpf_invalid"),
        ({"email": "zulmira@exemplo"}, "email_invalid"),
        ({"email": "zulmira@exemplo.example\r\nBcc: x@y.example"}, "email_invalid"),
        ({"phone": "11 91234-567"}, "phone_invalid"),
        ({"name": "Z" * 301}, "string_too_long"),
        ({"sex": "Zulmira"}, "enum"),
    ],
)
def test_what_cannot_be_of_a_person_is_refused(
    service: Served, changes: Mapping[str, str], code: str
) -> None:
    before = service.contents()
    answers = ask(service, "POST", "/patients", service.token(Role.DOCTOR), json={**PATIENT, **changes})
    refused(service, answers, 422, code, "Zulmira", *changes.values())
    assert service.contents() == before


@ACCOUNTS
def test_a_name_written_in_two_unicode_forms_is_stored_in_one(service: Served) -> None:
    for name in ("Conceic\u0327a\u0303o Araújo", "Conceição Arau\u0301jo"):
        answers = ask(service, "POST", "/patients", service.token(Role.DOCTOR), json=PATIENT | {"name": name})
        assert [answer.status_code for answer in answers] == [201, 201]
    stored = [row for row in service.contents()["patient_records"] if "Ara" in row]
    assert len(stored) == 4
    assert all("Conceição Araújo" in row for row in stored)


@ACCOUNTS
@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("medica@aurora.example", "Zulmira errada"),
        ("zulmira@aurora.example", "demonstracao-laudo"),
        ("52998224725", "Zulmira errada"),
        ("\u202emedica@aurora.example", "demonstracao-laudo"),
        ("' OR 1=1 --", "' OR 1=1 --"),
    ],
)
def test_a_wrong_sign_in_does_not_say_which_part_is_wrong(service: Served, login: str, password: str) -> None:
    before = {table: rows for table, rows in service.contents().items() if table not in ("attempts", "audit")}
    answers = ask(service, "POST", "/sessions", {}, json={"login": login, "password": password})
    refused(service, answers, 401, "sign_in_failed", login, password)
    assert fault(answers[0])[1].startswith("Usuário ou senha")
    after = {table: rows for table, rows in service.contents().items() if table in before}
    assert after == before


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
        f"cursor={cursor('n', '0', '0001-01-01T00:00:00+14:00', str(new_id()))}",
        f"cursor={cursor('n', '9' * 30, '2026-01-01T00:00:00+00:00', str(new_id()))}",
        f"cursor={cursor('n', '0', '2026-01-01T00:00:00', str(new_id()))}",
        "cursor=%00",
    ],
)
def test_a_question_that_cannot_be_is_refused(service: Served, query: str) -> None:
    for answer in ask(service, "GET", f"?{query}", service.token(Role.DOCTOR)):
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] in {"invalid", "cursor_invalid", "character_refused"}
    assert "Zulmira" not in json.dumps(service.lines(), ensure_ascii=False)


UNKNOWN = {
    "accounts": ("/patients/{}", Role.DOCTOR),
    "exam_results": ("/{}", Role.DOCTOR),
    "file_management": ("/{}", Role.TECHNICIAN),
    "notification": ("/{}", Role.ADMINISTRATOR),
}


@pytest.mark.parametrize(
    "id_",
    [str(new_id()), "1", "Zulmira", "null", "%00", "%ff", "..%2f..%2fetc", "x" * 8000, "\u202e", "0" * 36],
)
def test_an_id_that_names_nothing_is_not_found(service: Served, id_: str) -> None:
    path, role = UNKNOWN[service.name]
    answers = [
        service.send("GET", path.format(id_), headers={**service.token(role), "Accept-Language": language})
        for language in ("pt-BR", "en")
    ]
    refused(service, answers, 404, "not_found", "Zulmira")


def test_a_nul_in_any_question_is_refused(service: Served) -> None:
    paths = {"accounts": "/patients", "notification": "", "exam_results": "", "file_management": ""}
    answers = ask(service, "GET", f"{paths[service.name]}?q=%00", service.token(Role.DOCTOR))
    refused(service, answers, 422, "character_refused")


@pytest.mark.parametrize(
    "header",
    [
        {"X-Anything": "x" * 30_000},
        {"Accept-Language": "x" * 10_000},
        {"traceparent": "00-" + "f" * 5_000},
        {"X-Forwarded-For": ", ".join(["Zulmira"] * 500)},
        {"If-None-Match": '"' + "x" * 10_000},
    ],
    ids=lambda header: next(iter(header)),
)
def test_an_oversized_header_does_no_harm(service: Served, header: Mapping[str, str]) -> None:
    answer = service.send("GET", "/healthz", headers=header)
    assert answer.status_code in {200, 400, 431}
    path, role = UNKNOWN[service.name]
    answer = service.send("GET", path.format(new_id()), headers={**service.token(role), **header})
    assert answer.status_code in {404, 400, 431}
    assert "Zulmira" not in json.dumps(service.lines(), ensure_ascii=False)


@pytest.mark.parametrize("token", ["x", "x" * 20_000, "a.b.c", "..", "\u00e9", "null"])
def test_a_made_up_token_is_refused(service: Served, token: str) -> None:
    path, _ = UNKNOWN[service.name]
    for scheme in ("Bearer", "bearer"):
        answers = [
            service.send(
                "GET",
                path.format(new_id()),
                headers={"Authorization": f"{scheme} {token}".encode("latin-1"), "Accept-Language": language},
            )
            for language in ("pt-BR", "en")
        ]
        refused(service, answers, 401, "token_invalid")


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

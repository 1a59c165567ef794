"""What cannot be of a person: said clearly in both languages, and nothing changes."""

from collections.abc import Mapping

import pytest

from services.shared.kernel.principal import Role
from tests.integration.apis.asking import ask, fault, refused
from tests.integration.apis.served import Served

ACCOUNTS = pytest.mark.parametrize("service", ["accounts"], indirect=True)
PATIENT = {"name": "Zulmira Tavares", "birth_date": "1990-02-17", "sex": "F"}


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
    token = service.token(Role.DOCTOR)
    decomposed, half = "Conceic\u0327a\u0303o Araújo", "Conceição Arau\u0301jo"
    first, *_ = ask(service, "POST", "/patients", token, json=PATIENT | {"name": decomposed})
    assert first.status_code == 201
    again, *_ = ask(service, "POST", "/patients", token, json=PATIENT | {"name": half})
    assert (again.status_code, fault(again)[0]) == (409, "possible_duplicate")  # the same name to us
    other = PATIENT | {"name": half, "somebody_else": True}
    second, *_ = ask(service, "POST", "/patients", token, json=other)
    assert second.status_code == 201
    for made in (first, second):
        found = service.send("GET", f"/patients/{made.json()['id']}", headers=token)
        assert found.json()["name"] == "Conceição Araújo"


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

"""Ids, tokens, headers and questions that name nothing: the same of every service."""

import json
from collections.abc import Mapping

import pytest

from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from tests.integration.apis.asking import ask, refused
from tests.integration.apis.served import Served

UNKNOWN = {
    "accounts": ("/patients/{}", Role.DOCTOR),
    "exam_results": ("/{}", Role.DOCTOR),
    "file_management": ("/{}", Role.TECHNICIAN),
    "notification": ("/{}", Role.ADMINISTRATOR),
}


@pytest.mark.parametrize(
    "id_",
    [
        "0193a000-0000-7000-8000-0000000000ff",
        "1",
        "Zulmira",
        "null",
        "%00",
        "%ff",
        "..%2f..%2fetc",
        "x" * 8000,
        "\u202e",
        "0" * 36,
    ],
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

"""Asking the same in both languages, and what a refusal must be."""

import json
from typing import Any

import httpx

from services.shared.kernel.ids import new_id
from tests.integration.apis.served import Served


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

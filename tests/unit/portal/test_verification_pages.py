"""Whoever holds a printed report checks its code, signed in or not, in both languages."""

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import PATIENT
from tests.unit.portal.fake.state import World

CODE = "7K2M-9QXA-03TR-ZB5H"
SHA256 = "0123456789abcdef" * 4
WORDS = {
    ("valid", "pt-BR"): ("Laudo autêntico", "O que comparar"),
    ("valid", "en"): ("Genuine report", "What to compare"),
    ("replaced", "pt-BR"): ("Laudo substituído", "O que comparar"),
    ("replaced", "en"): ("Replaced report", "What to compare"),
    ("unknown", "pt-BR"): ("Código desconhecido", "O que fazer agora"),
    ("unknown", "en"): ("Unknown code", "What to do now"),
}


def speak(browser: Browser, locale: str) -> None:
    browser.client.cookies.set("laudo_lang", locale, domain="portal.test", path="/")


def printed(world: World, outcome: str, signer: str | None = "Laboratório Aurora") -> None:
    world.printed[CODE.replace("-", "")] = {
        "outcome": outcome,
        "report_version": 2,
        "sha256": SHA256,
        "signed_at": "2026-11-22T17:32:09+00:00",
        "signer": signer,
    }


@pytest.mark.parametrize(("outcome", "locale"), WORDS)
async def test_a_code_is_answered_in_words_with_what_to_do(
    browser: Browser, world: World, outcome: str, locale: str
) -> None:
    if outcome != "unknown":
        printed(world, outcome)
    speak(browser, locale)
    page = await browser.open(f"/verificar/{CODE}")
    assert page.status_code == 200
    assert f'<html lang="{locale}">' in page.text
    assert all(words in page.text for words in WORDS[outcome, locale])
    others = {words[0] for (other, _), words in WORDS.items() if other != outcome}
    assert not any(words in page.text for words in others)
    assert "no-store" in page.headers["cache-control"]


async def test_version_signer_time_and_hash_in_groups_are_shown_to_compare(
    browser: Browser, world: World
) -> None:
    printed(world, "valid")
    page = await browser.open(f"/verificar/{CODE}")
    assert "<dd>2</dd>" in page.text
    assert "22/11/2026 às 14:32" in page.text
    assert "Laboratório Aurora" in page.text
    assert " ".join(["01234567", "89abcdef"] * 4) in page.text


async def test_a_report_signed_before_names_were_kept_shows_no_signer(browser: Browser, world: World) -> None:
    printed(world, "valid", signer=None)
    page = await browser.open(f"/verificar/{CODE}")
    assert "Laudo autêntico" in page.text
    assert "Certificado de" not in page.text


@pytest.mark.parametrize("typed", ["7k2m 9qxa 03tr zb5h", " 7K2M9QXA03TRZB5H ", CODE, "7k2m-9qxa 03trzb5h"])
async def test_a_typed_code_leads_to_the_printed_address_however_it_was_typed(
    browser: Browser, world: World, typed: str
) -> None:
    printed(world, "valid")
    await browser.open("/verificar")
    answer = await browser.client.get("/verificar", params={"code": typed})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/verificar/{CODE}")
    assert "Laudo autêntico" in (await browser.open(answer.headers["location"])).text


@pytest.mark.parametrize("typed", ["", "  ", "----", "/../"])
async def test_nothing_typed_is_said_at_the_field(browser: Browser, world: World, typed: str) -> None:
    answer = await browser.client.get("/verificar", params={"code": typed})
    assert answer.status_code == 422
    assert "Digite o código" in answer.text
    assert world.calls == []


@pytest.mark.parametrize("typed", ["%3Cscript%3E", "..%2e%2e", "A" * 500, "%C3%A7%C3%A3o1"])
async def test_what_is_no_code_is_unknown_and_its_markup_is_not_echoed(browser: Browser, typed: str) -> None:
    page = await browser.open(f"/verificar/{typed}")
    assert "<script>" not in page.text
    if page.status_code == 303:
        assert page.headers["location"] == "/verificar"
    else:
        assert "Código desconhecido" in page.text


async def test_the_check_is_made_without_the_visitors_token(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(f"/verificar/{CODE}")
    (call,) = [call for call in world.calls if "/verification/" in call.url]
    assert "authorization" not in call.headers


async def test_a_service_that_is_down_is_not_an_unknown_code(browser: Browser, world: World) -> None:
    world.down.add("files")
    page = await browser.open(f"/verificar/{CODE}")
    assert page.status_code == 503
    assert "Código desconhecido" not in page.text


async def test_the_way_in_leads_to_the_check(browser: Browser) -> None:
    await browser.open("/entrar")
    assert "/verificar" in browser.links()

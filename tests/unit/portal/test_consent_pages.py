"""What a patient reads, accepts and withdraws; a guardian for a child; and that nothing is blocked by it."""

import io
import json
import zipfile

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import CLINIC_A, DOCTOR, PATIENT
from tests.unit.portal.fake.state import World, fresh_id

HERE = "/privacidade/textos"
SMS = f"{HERE}/sms_messages"


async def test_accepted_and_withdrawn_by_one_button_each_and_both_are_listed(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(PATIENT)
    await browser.open("/privacidade")
    assert HERE in browser.links()
    page = await browser.open(HERE)
    for words in (
        "Ler não é consentir",
        "Você ainda não respondeu",
        "Corpo da versão 2.",
        "Nenhuma resposta",
    ):
        assert words in page.text
    page = await browser.send(SMS, {"act": "given"})
    assert "Aceite registrado." in page.text
    assert "Você pode retirá-lo" in page.text
    page = await browser.send(SMS, {"act": "withdrawn"})
    assert "Os avisos por este canal param" in page.text
    assert [(each["act"], each["version"]) for each in world.answers] == [("given", 2), ("withdrawn", 2)]
    for words in ("Este canal está em silêncio", "pela própria pessoa", "/textos/sms_messages?versao=2"):
        assert words in page.text


async def test_a_text_that_changed_while_it_was_read_is_shown_again(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(HERE)
    page = await browser.send(SMS, {"act": "given", "version": "1"})
    assert (page.status_code, "Este texto mudou." in page.text) == (409, True)
    assert world.answers == []


async def test_what_waits_is_said_after_the_sign_in_and_stands_in_nobodys_way(
    browser: Browser, world: World
) -> None:
    world.texts_wait = True
    page = await browser.sign_in(PATIENT)
    assert (page.url.path, page.status_code) == ("/exames", 200)
    assert "agora ou depois" in page.text
    assert HERE in browser.links()
    page = await browser.open("/exames")
    assert "agora ou depois" not in page.text, "once for each sign-in"
    await browser.open(HERE)
    page = await browser.send(f"{HERE}/terms", {"act": "acknowledged"})
    assert "Leitura registrada em" in page.text


@pytest.mark.parametrize("login", [PATIENT, DOCTOR], ids=["patient", "doctor"])
async def test_nothing_is_said_where_nothing_waits_and_staff_are_not_asked(
    browser: Browser, world: World, login: str
) -> None:
    world.texts_wait = login == DOCTOR
    page = await browser.sign_in(login)
    assert page.status_code == 200
    assert "agora ou depois" not in page.text
    assert any("/consents" in call.url for call in world.calls) == (login == PATIENT)


async def test_a_guardian_answers_for_a_child_and_the_page_says_so(browser: Browser, world: World) -> None:
    child = fresh_id()
    facts = {"id": fresh_id(), "kind": "guardian", "person_id": child, "name": "Caio", "scope": "download"}
    me = world.people[PATIENT].id
    world.proxies.append(
        facts
        | {
            "reader_id": me,
            "ended_at": None,
            "until": "2030-03-01T03:00:00Z",
            "label": "Ana",
            "clinic": CLINIC_A,
        }
    )
    await browser.sign_in(PATIENT)
    await browser.open(HERE)
    assert f"{HERE}?por={child}" in browser.links()
    page = await browser.open(f"{HERE}?por={child}")
    assert "Você responde como responsável por Caio." in page.text
    page = await browser.send(SMS, {"act": "withdrawn"})
    assert "pelo responsável" in page.text
    [line] = world.answers
    assert (line["person_id"], line["by"]) == (child, "guardian")


async def test_the_texts_are_read_without_an_account_version_by_version(browser: Browser) -> None:
    page = await browser.open("/textos/terms")
    assert "Corpo da versão 2." in page.text
    assert "/textos/terms?versao=1" in browser.links()
    assert "Corpo da versão 1." in (await browser.open("/textos/terms?versao=1")).text
    assert (await browser.open("/textos/terms?versao=9")).status_code == 404
    assert (await browser.open("/textos/outra")).status_code in {404, 422}


async def test_preferences_that_change_go_into_the_ledger(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await browser.open("/preferencias")
    await browser.send("/preferencias", {"email": "1", "sms": "0"})
    assert [(each["kind"], each["act"]) for each in world.answers] == [("sms_messages", "withdrawn")]
    assert world.people[PATIENT].preferences == {"email": True, "sms": False}
    await browser.send("/preferencias", {"email": "1", "sms": "0"})
    assert len(world.answers) == 1
    world.down.add("accounts")
    page = await browser.send("/preferencias", {"email": "1", "sms": "1"})
    assert page.status_code == 503
    assert world.people[PATIENT].preferences == {"email": True, "sms": False}


async def test_the_ledger_is_in_the_package_of_the_own_data(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(HERE)
    await browser.send(SMS, {"act": "given"})
    for token, (login, _) in list(world.tokens.items()):
        world.tokens[token] = (login, True)
    page = await browser.client.post("/privacidade/meus-dados", data=browser.hidden("/sair"))
    archive = zipfile.ZipFile(io.BytesIO(page.content))
    [line] = json.loads(archive.read("Consent.json"))["answers"]["history"]
    assert (line["kind"], line["act"], line["version"]) == ("sms_messages", "given", 2)
    assert "Avisos por SMS" in archive.read("leia-me.html").decode()


async def test_a_doctor_has_no_such_page(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    assert (await browser.open(HERE)).status_code == 403

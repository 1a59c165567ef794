"""Failures say what to do next in the visitor's language; the language stays with person and device."""

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.people import PASSWORD, PATIENT
from tests.unit.portal.fake.state import World


@pytest.mark.parametrize(
    ("locale", "title", "home"),
    [
        ("pt-BR", "Página não encontrada", "Ir para o início"),
        ("en", "Page not found", "Go to the start page"),
    ],
)
async def test_a_page_that_is_not_there_says_so(browser: Browser, locale: str, title: str, home: str) -> None:
    browser.client.cookies.set("laudo_lang", locale, domain="portal.test", path="/")
    for path in ("/nao-existe", "/exames/nao-e-um-id", "/static/nada.css"):
        page = await browser.open(path)
        assert page.status_code == 404
        assert title in page.text
        assert home in page.text


@pytest.mark.parametrize(
    ("locale", "words"),
    [("pt-BR", "Estamos com uma instabilidade"), ("en", "Part of the portal is not answering")],
)
async def test_a_service_that_is_down_is_said_with_a_code_to_tell(
    browser: Browser, world: World, locale: str, words: str
) -> None:
    await browser.sign_in(PATIENT)
    browser.client.cookies.set("laudo_lang", locale, domain="portal.test", path="/")
    world.down.add("exams")
    page = await browser.open("/exames")
    assert page.status_code == 503
    assert words in page.text
    assert "<code>" in page.text


@pytest.mark.parametrize(("locale", "words"), [("pt-BR", "aguarde 30 s"), ("en", "wait 30 s and try again")])
async def test_who_asks_too_much_is_told_on_the_page_how_long_to_wait(
    browser: Browser, world: World, locale: str, words: str
) -> None:
    await browser.sign_in(PATIENT)
    browser.client.cookies.set("laudo_lang", locale, domain="portal.test", path="/")
    world.overrun |= {"exams", "files"}
    for path in ("/exames", "/verificar/7K2M-9QXA-03TR-ZB5H"):
        page = await browser.open(path)
        assert page.status_code == 429
        assert words in page.text
    world.overrun = set()
    assert (await browser.open("/exames")).status_code == 200  # still signed in


async def test_who_signs_in_too_often_reads_so_on_the_form(browser: Browser, world: World) -> None:
    await browser.open("/entrar")
    world.overrun.add("accounts")
    page = await browser.send("/entrar", {"login": PATIENT, "password": PASSWORD})
    assert page.status_code == 429
    assert "aguarde 30 s" in page.text
    assert 'name="password"' in page.text


async def test_portuguese_is_spoken_first_whatever_the_browser_prefers(browser: Browser) -> None:
    page = await browser.open("/entrar", **{"Accept-Language": "en-US"})
    assert '<html lang="pt-BR">' in page.text


async def test_the_switch_speaks_english_and_back(browser: Browser) -> None:
    await browser.open("/entrar")
    page = await browser.send("/idioma", {"locale": "en"})
    assert "<h1>Sign in</h1>" in page.text
    page = await browser.send("/idioma", {"locale": "pt-BR"})
    assert "<h1>Entrar</h1>" in page.text


async def test_the_services_answer_in_the_language_of_the_page(browser: Browser) -> None:
    await browser.open("/entrar")
    await browser.send("/idioma", {"locale": "en"})
    page = await browser.send("/entrar", {"login": PATIENT, "password": "wrong"})
    assert "[en] " in page.text


async def test_the_account_remembers_the_language_for_other_devices(
    new_browser: NewBrowser, world: World
) -> None:
    mine = new_browser()
    await mine.sign_in(PATIENT)
    await mine.send("/idioma", {"locale": "en"})
    assert world.people[PATIENT].locale == "en"
    other_device = new_browser()
    page = await other_device.sign_in(PATIENT)
    assert "My exams" in page.text


async def test_the_switch_after_a_refused_form_leads_to_its_page(browser: Browser) -> None:
    await browser.open("/entrar")
    await browser.send("/entrar", {"login": PATIENT, "password": "errada"})
    page = await browser.send("/idioma", {"locale": "en"})
    assert page.url.path == "/entrar"
    assert PASSWORD not in page.text


async def test_the_probes_answer(browser: Browser) -> None:
    assert (await browser.open("/healthz")).json() == {"status": "alive"}
    assert (await browser.open("/readyz")).json() == {"status": "ready", "dependencies": {}}

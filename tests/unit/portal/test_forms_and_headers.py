"""Forms from elsewhere are refused; pages carry the headers that keep them safe and unstored."""

import re
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from services.portal.interface.http.application import create_portal
from services.portal.interface.http.rendering import STATIC
from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.people import ADMINISTRATOR, DOCTOR, PASSWORD, PATIENT, RELEASER, TECHNICIAN
from tests.unit.portal.fake.state import Json, World

POSTS = ("/sair", "/preferencias", "/idioma", "/exames", "/entrar")


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_without_its_token_is_refused(browser: Browser, path: str) -> None:
    await browser.sign_in(PATIENT)
    answer = await browser.client.post(path, data={"email": "1"})
    assert answer.status_code == 403
    assert "O formulário expirou" in answer.text


async def test_a_form_with_another_visitors_token_is_refused(new_browser: NewBrowser, world: World) -> None:
    mine, others = new_browser(), new_browser()
    await mine.sign_in(PATIENT)
    await others.open("/entrar")
    await mine.open("/preferencias")
    answer = await mine.client.post("/preferencias", data=others.hidden("/idioma"))
    assert answer.status_code == 403
    assert world.people[PATIENT].preferences == {"email": True, "sms": True}


async def test_a_form_sent_from_another_site_is_refused_even_with_its_token(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    await browser.open("/preferencias")
    page = await browser.send("/preferencias", {}, **{"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403


async def test_every_answer_carries_the_security_headers(browser: Browser) -> None:
    for path in ("/entrar", "/nao-existe", "/static/laudo.css", "/healthz"):
        headers = (await browser.open(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]


async def test_a_bug_becomes_a_page_with_the_same_headers(
    browser: Browser, portal_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a name that must not be shown")

    await browser.sign_in(PATIENT)
    monkeypatch.setattr("services.portal.application.api.exams.ExamsApi.find", fail)
    page = await browser.open("/exames")
    assert page.status_code == 500
    assert "Algo falhou do nosso lado" in page.text
    assert "must not be shown" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_pages_are_never_stored_and_static_files_are(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    assert (await browser.open("/exames")).headers["cache-control"] == "no-store, private"
    assert "immutable" in (await browser.open("/static/laudo.css")).headers["cache-control"]


async def test_over_https_cookies_are_secure_and_the_browser_is_told_to_stay() -> None:
    app = create_portal(lifespan=None, checks={}, https=True)  # type: ignore[arg-type]
    middleware = [each for each in app.user_middleware if "https" in each.kwargs]
    assert middleware[0].kwargs == {"https": True}


async def test_every_cookie_is_closed_to_scripts_other_sites_and_plain_http(
    browser: Browser, portal_app: FastAPI
) -> None:
    portal_app.state.portal = replace(portal_app.state.portal, https=True)
    browser.client.base_url = httpx.URL("https://portal.test")
    await browser.open("/entrar")
    cookies = browser.page.headers.get_list("set-cookie")
    typed = browser.hidden("/entrar") | {"login": PATIENT, "password": PASSWORD}
    cookies += (await browser.client.post("/entrar", data=typed)).headers.get_list("set-cookie")
    await browser.open("/conta")
    spoken = browser.hidden("/idioma") | {"locale": "en"}
    cookies += (await browser.client.post("/idioma", data=spoken)).headers.get_list("set-cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} >= {"laudo_session", "laudo_device", "laudo_lang"}
    for cookie in cookies:
        traits = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= traits, cookie


@pytest.mark.parametrize("login", [DOCTOR, TECHNICIAN, RELEASER, PATIENT, ADMINISTRATOR])
async def test_no_page_needs_inline_script_or_style(browser: Browser, typed_exam: Json, login: str) -> None:
    typed_exam["state"] = "completed"
    await browser.sign_in(login)
    for path in ("/", "/exames", f"/exames/{typed_exam['id']}", "/conta", "/preferencias", "/pacientes/novo"):
        page = (await browser.client.get(path, follow_redirects=True)).text
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)
        assert "http://" not in page.replace("http://www.w3.org", "")
        assert "https://" not in page


async def test_pages_have_a_language_a_title_a_skip_link_and_labels(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    for path in ("/", "/pacientes", "/pacientes/novo", "/exames", "/conta"):
        page = (await browser.open(path)).text
        assert '<html lang="pt-BR">' in page
        assert re.search(r"<title>[^<]+ · Laudo</title>", page)
        assert 'class="skip" href="#conteudo"' in page
        named = set(re.findall(r'for="([^"]+)"', page))
        for field in re.findall(r"<(?:input|select|textarea)[^>]*>", page):
            if re.search(r'type="(hidden|radio|checkbox)"', field):
                continue
            found = re.search(r'id="([^"]+)"', field)
            assert found is not None, field
            assert found[1] in named, field


def test_the_library_in_the_page_carries_its_licence() -> None:
    assert (STATIC / "htmx-2.0.11.min.js").stat().st_size > 40_000
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
async def test_a_file_in_a_form_is_refused_with_a_page(browser: Browser, content: bytes) -> None:
    await browser.sign_in(PATIENT)
    await browser.open("/preferencias")
    answer = await browser.client.post(
        "/preferencias", data=browser.hidden("/preferencias"), files={"email": ("a.pdf", content)}
    )
    assert answer.status_code == 400
    assert "<main" in answer.text

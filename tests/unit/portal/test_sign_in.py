"""The way in: password, second step for staff, a new opaque id, and back to where one was."""

import pytest

from services.portal.interface.http.safe_redirect import safe_path
from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.people import CODE, DOCTOR, PASSWORD, PATIENT
from tests.unit.portal.fake.state import Json, World


async def test_a_patient_signs_in_with_password_alone(browser: Browser) -> None:
    page = await browser.sign_in(PATIENT)
    assert page.url.path == "/exames"
    assert "Meus exames" in page.text


async def test_staff_need_the_second_step_and_the_password_is_not_in_the_page(browser: Browser) -> None:
    await browser.open("/entrar")
    page = await browser.send("/entrar", {"login": DOCTOR, "password": PASSWORD})
    assert page.url.path == "/entrar/codigo"
    assert PASSWORD not in page.text
    assert DOCTOR not in page.text
    page = await browser.send("/entrar/codigo", {"code": "123 456"})
    assert page.url.path == "/"
    assert "Dra. Beatriz" in page.text


async def test_a_wrong_code_can_be_corrected(browser: Browser) -> None:
    await browser.open("/entrar")
    await browser.send("/entrar", {"login": DOCTOR, "password": PASSWORD})
    page = await browser.send("/entrar/codigo", {"code": "000000"})
    assert page.status_code == 401
    assert "Código incorreto." in page.text
    assert (await browser.send("/entrar/codigo", {"code": CODE})).url.path == "/"


async def test_a_wrong_password_says_what_the_service_says_and_keeps_the_login(browser: Browser) -> None:
    await browser.open("/entrar")
    page = await browser.send("/entrar", {"login": DOCTOR, "password": "errada"})
    assert page.status_code == 401
    assert "Usuário ou senha não conferem." in page.text
    assert f'value="{DOCTOR}"' in page.text
    assert "errada" not in page.text


async def test_the_second_step_without_the_first_starts_over(browser: Browser) -> None:
    page = await browser.client.get("/entrar/codigo", follow_redirects=True)
    assert page.url.path == "/entrar"


async def test_signing_in_changes_the_session_id(browser: Browser) -> None:
    await browser.open("/entrar")
    before = browser.session_id
    await browser.send("/entrar", {"login": PATIENT, "password": PASSWORD})
    assert before
    assert browser.session_id
    assert browser.session_id != before


async def test_a_session_planted_before_signing_in_is_worth_nothing_after(new_browser: NewBrowser) -> None:
    """Session fixation: whoever gave the victim an id, made by the portal or made up, holds a stranger's session."""
    attacker, victim = new_browser(), new_browser()
    await attacker.open("/entrar")
    for planted in (attacker.session_id, "A" * 43):
        attacker.client.cookies.set("laudo_session", str(planted), domain="portal.test", path="/")
        victim.client.cookies.set("laudo_session", str(planted), domain="portal.test", path="/")
        assert (await victim.sign_in(PATIENT)).url.path == "/exames"
        assert victim.session_id != planted
        assert (await attacker.open("/exames")).status_code == 303
        victim.client.cookies.clear()


async def test_the_cookie_is_opaque_and_closed_to_scripts_and_other_sites(
    browser: Browser, world: World
) -> None:
    await browser.open("/entrar")
    sent = await browser.client.post(
        "/entrar", data=browser.hidden("/entrar") | {"login": PATIENT, "password": PASSWORD}
    )
    cookie = next(
        value for value in sent.headers.get_list("set-cookie") if value.startswith("laudo_session=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert not any(token in cookie for token in (*world.tokens, *world.refresh_tokens))


async def test_signing_out_revokes_the_token_and_ends_the_session(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    session_id = browser.session_id
    page = await browser.send("/sair")
    assert page.url.path == "/entrar"
    assert "Você saiu" in page.text
    assert world.tokens == {}
    browser.client.cookies.set("laudo_session", str(session_id), domain="portal.test", path="/")
    assert (await browser.open("/exames")).status_code == 303


async def test_signing_out_works_while_accounts_is_down(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    world.down.add("accounts")
    assert (await browser.send("/sair")).url.path == "/entrar"
    assert (await browser.open("/exames")).status_code == 303


async def test_after_signing_in_one_is_back_where_one_was(new_browser: NewBrowser, exam: Json) -> None:
    browser = new_browser()
    sent_away = await browser.open(f"/exames/{exam['id']}")
    assert sent_away.headers["location"] == f"/entrar?next=/exames/{exam['id']}"
    await browser.open(sent_away.headers["location"])
    page = await browser.send("/entrar", {"login": PATIENT, "password": PASSWORD})
    assert page.url.path == f"/exames/{exam['id']}"


async def test_a_form_sent_after_the_session_ended_leads_back_to_a_page(browser: Browser, exam: Json) -> None:
    answer = await browser.client.post(f"/exames/{exam['id']}/analise")
    assert answer.headers["location"] == f"/entrar?next=/exames/{exam['id']}"


async def test_a_background_request_after_the_session_ended_moves_the_whole_page(browser: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://portal.test/pacientes"}
    answer = await browser.client.post("/pacientes", headers=headers)
    assert answer.headers["hx-redirect"] == "/entrar?next=/pacientes"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "/%09/evil.test\n",
        "javascript:alert(1)",
        "evil.test",
        "/sair",
        "",
        None,
    ],
)
def test_only_a_path_of_ours_is_gone_to_after_signing_in(wanted: str | None) -> None:
    assert safe_path(wanted) == "/"


def test_a_path_of_ours_is_kept() -> None:
    assert safe_path("/exames/0193a000?version=1") == "/exames/0193a000?version=1"


async def test_an_open_redirect_is_refused(browser: Browser) -> None:
    await browser.open("/entrar?next=https://evil.test/")
    page = await browser.send("/entrar", {"login": PATIENT, "password": PASSWORD, "next": "//evil.test/"})
    assert page.url.host == "portal.test"


async def test_the_language_switch_leads_to_no_other_site(browser: Browser) -> None:
    await browser.open("/entrar")
    fields = browser.hidden("/idioma") | {"locale": "en", "back": "//evil.test"}
    assert (await browser.client.post("/idioma", data=fields)).headers["location"] == "/"


async def test_first_access_chooses_a_password_with_the_code_sent(browser: Browser, world: World) -> None:
    await browser.open("/primeiro-acesso")
    page = await browser.send("/primeiro-acesso", {"login": PATIENT})
    assert page.url.path == "/primeiro-acesso/senha"
    typed = {"code": "777777", "password": "frase bem longa", "repeated": "outra frase"}
    page = await browser.send("/primeiro-acesso/senha", typed)
    assert page.status_code == 422
    assert "As duas senhas são diferentes" in page.text
    page = await browser.send("/primeiro-acesso/senha", typed | {"repeated": typed["password"]})
    assert page.url.path == "/entrar"
    assert "Senha criada" in page.text


async def test_first_access_says_the_same_to_a_stranger(browser: Browser) -> None:
    await browser.open("/primeiro-acesso")
    page = await browser.send("/primeiro-acesso", {"login": "ninguem@teste.test"})
    assert page.url.path == "/primeiro-acesso/senha"


async def test_a_wrong_first_access_code_is_explained(browser: Browser) -> None:
    await browser.open("/primeiro-acesso")
    await browser.send("/primeiro-acesso", {"login": PATIENT})
    typed = {"code": "111111", "password": "frase bem longa", "repeated": "frase bem longa"}
    page = await browser.send("/primeiro-acesso/senha", typed)
    assert "Código incorreto ou vencido." in page.text
    assert "frase bem longa" not in page.text

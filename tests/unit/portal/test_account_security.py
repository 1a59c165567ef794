"""Signing in step by step, confirming again, and the page of account security."""

import json

import pytest

from services.portal.interface.http.visit import DEVICE_COOKIE
from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.people import CODE, DOCTOR, PASSWORD, PATIENT, RELEASER
from tests.unit.portal.fake.security import RECOVERY, SECRET
from tests.unit.portal.fake.state import Json, World

SECURITY = "/conta/seguranca"


def answer(**given: str) -> dict[str, str]:
    return {"credential": json.dumps(given)}


async def password_step(browser: Browser, login: str) -> None:
    await browser.open("/entrar")
    await browser.send("/entrar", {"login": login, "password": PASSWORD})


async def confirm(browser: Browser, wanted: str = SECURITY) -> None:
    await browser.open(f"/confirmar?next={wanted}")
    await browser.send("/confirmar", {"code": CODE})


async def test_the_password_is_kept_nowhere_between_the_two_steps(browser: Browser, world: World) -> None:
    await password_step(browser, DOCTOR)
    assert browser.page.url.path == "/entrar/codigo"
    page = await browser.send("/entrar/codigo", {"code": "12 34 56"})
    assert page.url.path == "/"
    assert sum(call.url.endswith("/sign-ins") for call in world.calls) == 1


async def test_a_recovery_code_is_another_way_in(browser: Browser) -> None:
    await password_step(browser, DOCTOR)
    assert "/entrar/codigo?forma=recovery_code" in browser.links()
    await browser.open("/entrar/codigo?forma=recovery_code")
    assert (await browser.send("/entrar/codigo", {"code": RECOVERY[0]})).url.path == "/"


async def test_a_wrong_code_is_explained_and_can_be_typed_again(browser: Browser) -> None:
    await password_step(browser, DOCTOR)
    page = await browser.send("/entrar/codigo", {"code": "000000"})
    assert page.status_code == 401
    assert "Código incorreto." in page.text
    assert (await browser.send("/entrar/codigo", {"code": CODE})).url.path == "/"


async def test_a_code_is_sent_to_whoever_has_no_app(browser: Browser, world: World) -> None:
    world.people[PATIENT].factors = ["contact_code"]
    await password_step(browser, PATIENT)
    assert 'name="code"' not in browser.page.text
    page = await browser.send("/entrar/codigo/envio")
    assert "Código enviado" in page.text
    assert world.codes_sent == [PATIENT]
    assert (await browser.send("/entrar/codigo", {"code": CODE})).url.path == "/exames"


async def test_whoever_must_have_an_authenticator_sets_it_up_before_anything_else(
    browser: Browser, world: World
) -> None:
    person = world.people[RELEASER]
    person.factors, person.must_enrol = ["contact_code"], True
    await password_step(browser, RELEASER)
    await browser.send("/entrar/codigo/envio")
    page = await browser.send("/entrar/codigo", {"code": CODE})
    assert page.url.path == "/entrar/aplicativo"
    assert SECRET[:4] in page.text
    assert (await browser.open("/exames")).status_code == 303
    picture = await browser.open("/seguranca/qr.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.headers["cache-control"] == "no-store"
    await browser.open("/entrar/aplicativo")
    assert "Código incorreto." in (await browser.send("/entrar/aplicativo", {"code": "000000"})).text
    page = await browser.send("/entrar/aplicativo", {"code": CODE})
    assert all(code in page.text for code in RECOVERY)
    assert (await browser.open("/exames")).status_code == 200


async def test_the_picture_of_a_secret_is_for_the_browser_that_was_given_it(
    new_browser: NewBrowser, world: World
) -> None:
    one, other = new_browser(), new_browser()
    person = world.people[RELEASER]
    person.factors, person.must_enrol = ["contact_code"], True
    await password_step(one, RELEASER)
    await one.open("/entrar/aplicativo")
    assert (await one.open("/seguranca/qr.svg")).status_code == 200
    assert (await other.open("/seguranca/qr.svg")).status_code == 404


async def test_a_passkey_alone_signs_in_and_goes_where_one_wanted(browser: Browser) -> None:
    await browser.open("/entrar?next=/preferencias")
    options = await browser.client.post("/entrar/chave/opcoes", data=browser.hidden("/entrar/chave"))
    assert options.json()["challenge"] == "AAAA"
    page = await browser.send("/entrar/chave", answer(of=PATIENT))
    assert page.url.path == "/preferencias"


async def test_a_refused_passkey_and_an_answer_without_the_script_are_explained(browser: Browser) -> None:
    await browser.open("/entrar")
    await browser.client.post("/entrar/chave/opcoes", data=browser.hidden("/entrar/chave"))
    page = await browser.send("/entrar/chave", answer(of="nobody"))
    assert "Não foi possível confirmar a chave." in page.text
    page = await browser.send("/entrar/chave", {"credential": "not json"})
    assert "O aparelho não respondeu" in page.text


async def test_a_passkey_is_a_second_step(browser: Browser, world: World) -> None:
    world.people[DOCTOR].factors = ["passkey", "recovery_code"]
    await password_step(browser, DOCTOR)
    await browser.client.post("/entrar/chave/opcoes", data=browser.hidden("/entrar/codigo/chave"))
    assert (await browser.send("/entrar/codigo/chave", answer(id="good"))).url.path == "/"


@pytest.mark.parametrize("path", ["/entrar/chave/opcoes", "/confirmar/chave", SECURITY + "/senha"])
async def test_no_step_is_taken_for_another_site(browser: Browser, path: str) -> None:
    await browser.sign_in(PATIENT)
    assert (await browser.client.post(path, data={"csrf": "x"})).status_code == 403
    await browser.open(SECURITY)
    sent = browser.hidden(f"{SECURITY}/senha")
    foreign = await browser.client.post(path, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


async def test_the_device_is_remembered_by_a_closed_cookie_from_the_first_sign_in_on(
    browser: Browser, world: World
) -> None:
    await browser.open("/entrar")
    sent = await browser.client.post(
        "/entrar", data=browser.hidden("/entrar") | {"login": PATIENT, "password": PASSWORD}
    )
    cookie = next(c for c in sent.headers.get_list("set-cookie") if c.startswith(DEVICE_COOKIE))
    assert "HttpOnly" in cookie
    assert "Max-Age=31536000" in cookie
    await browser.open("/conta")
    await browser.send("/sair")
    await browser.sign_in(PATIENT)
    assert len(world.devices) == 2
    assert len(set(world.devices)) == 1


async def test_confirming_again_changes_the_session_id_and_the_old_one_is_worth_nothing(
    new_browser: NewBrowser,
) -> None:
    browser, thief = new_browser(), new_browser()
    await browser.sign_in(DOCTOR)
    before = browser.session_id
    await confirm(browser)
    assert browser.session_id not in (None, before)
    assert (await browser.open(SECURITY)).status_code == 200
    thief.client.cookies.set("laudo_session", str(before), domain="portal.test", path="/")
    assert (await thief.open(SECURITY)).status_code == 303


async def test_releasing_changes_the_session_id_too(browser: Browser, typed_exam: Json) -> None:
    typed_exam["state"] = "completed"
    await browser.sign_in(RELEASER)
    before = browser.session_id
    path = f"/exames/{typed_exam['id']}/liberacao"
    await browser.open(path)
    assert any(link.startswith("/confirmar?next=/exames/") for link in browser.links())
    page = await browser.send(path, {"code": CODE})
    assert page.url.path.endswith("/andamento")
    assert browser.session_id not in (None, before)


async def test_what_needs_confirming_asks_for_it_and_comes_back(browser: Browser, world: World) -> None:
    """A sensitive result, say: whichever service asks for a step-up."""
    await browser.sign_in(DOCTOR)
    world.needs_step_up.add("/api/v1/exams/catalogue")
    path = f"/pacientes/{next(iter(world.records))}/exames/novo"
    sent_away = await browser.open(path)
    assert sent_away.headers["location"] == f"/confirmar?next={path}"
    await browser.open(sent_away.headers["location"])
    page = await browser.send("/confirmar", {"code": CODE})
    assert (page.status_code, page.url.path) == (200, path)


async def test_confirming_leads_to_no_other_site(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    await browser.open("/confirmar?next=//evil.test/")
    page = await browser.send("/confirmar", {"code": CODE, "next": "https://evil.test/"})
    assert (page.url.host, page.url.path) == ("portal.test", "/")


async def test_a_patient_without_an_app_confirms_with_a_code_sent(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(f"/confirmar?next={SECURITY}")
    page = await browser.send("/confirmar/envio")
    assert 'name="code"' in page.text
    assert world.codes_sent == [PATIENT]


async def test_the_second_step_is_changed_only_after_confirming(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    page = await browser.open(SECURITY)
    assert "/confirmar?next=/conta/seguranca" in browser.links()
    assert "/conta/seguranca/codigos" not in page.text
    fields = browser.hidden(f"{SECURITY}/senha")
    for action in ("aplicativo/remocao", "chaves", "codigos", "contato"):
        refused = await browser.client.post(f"{SECURITY}/{action}", data=fields)
        assert refused.headers["location"] == "/confirmar?next=/conta/seguranca"
    await confirm(browser)
    page = await browser.send(f"{SECURITY}/codigos")
    assert all(code in page.text for code in RECOVERY)
    assert RECOVERY[0] not in (await browser.open(SECURITY)).text


async def test_the_risk_of_codes_by_message_is_told_beside_them_and_stronger_ways_are_offered(
    browser: Browser, world: World
) -> None:
    """ASVS 5.0, 6.6.1."""
    world.people[PATIENT].factors = ["contact_code"]
    await password_step(browser, PATIENT)
    await browser.send("/entrar/codigo/envio")
    await browser.send("/entrar/codigo", {"code": CODE})
    page = await browser.open(SECURITY)
    assert "Menos seguro que um aplicativo" in page.text
    assert "Aplicativo autenticador" in page.text
    assert "Chaves de acesso" in page.text


async def test_an_authenticator_is_set_up_from_the_account(browser: Browser, world: World) -> None:
    world.people[PATIENT].factors = ["contact_code"]
    await password_step(browser, PATIENT)
    await browser.send("/entrar/codigo/envio")
    await browser.send("/entrar/codigo", {"code": CODE})
    await browser.open(f"/confirmar?next={SECURITY}")
    await browser.send("/confirmar/envio")
    await browser.send("/confirmar", {"code": CODE})
    await browser.open(f"{SECURITY}/aplicativo")
    assert "Código incorreto." in (await browser.send(f"{SECURITY}/aplicativo", {"code": "1"})).text
    page = await browser.send(f"{SECURITY}/aplicativo", {"code": CODE})
    assert all(code in page.text for code in RECOVERY)
    assert (await browser.open("/seguranca/qr.svg")).status_code == 404


async def test_passkeys_are_added_renamed_and_removed(browser: Browser, world: World) -> None:
    await browser.sign_in(DOCTOR)
    await confirm(browser)
    await browser.client.post(f"{SECURITY}/chaves/opcoes", data=browser.hidden(f"{SECURITY}/chaves"))
    page = await browser.send(f"{SECURITY}/chaves", answer(id="good") | {"name": "Celular"})
    assert "Chave de acesso criada." in page.text
    [id_] = world.people[DOCTOR].passkeys
    page = await browser.send(f"{SECURITY}/chaves/{id_}", {"name": "<b>Azul</b>"})
    assert "&lt;b&gt;Azul" in page.text
    page = await browser.send(f"{SECURITY}/chaves/{id_}/remocao")
    assert world.people[DOCTOR].passkeys == {}


async def test_what_accounts_refuses_is_said_on_the_page(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    await confirm(browser)
    page = await browser.send(f"{SECURITY}/aplicativo/remocao")
    assert page.status_code == 409
    assert "Sua função exige" in page.text


async def test_a_password_is_changed_with_the_old_one(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(SECURITY)
    new = {"new": "outra frase bem longa", "repeated": "outra frase bem longa"}
    page = await browser.send(f"{SECURITY}/senha", {"old": "errada", **new})
    assert "Não confere." in page.text
    assert "outra frase" not in page.text
    page = await browser.send(f"{SECURITY}/senha", {"old": PASSWORD, **new, "repeated": "x"})
    assert "As duas senhas são diferentes" in page.text
    page = await browser.send(f"{SECURITY}/senha", {"old": PASSWORD, **new})
    assert "Senha trocada." in page.text


async def test_devices_are_listed_and_ended(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open(SECURITY)
    for shown in ("Firefox, Linux", "este aparelho", "Chrome, Android", "203.0.113.0/24"):
        assert shown in page.text
    other = next(i for i, name in world.people[PATIENT].sessions.items() if name == "Chrome, Android")
    page = await browser.send(f"{SECURITY}/sessoes/{other}")
    assert "Aparelho desconectado." in page.text
    assert "Chrome, Android" not in page.text


async def test_all_other_devices_are_ended_at_once(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(SECURITY)
    await browser.send(f"{SECURITY}/sessoes/outras")
    assert list(world.people[PATIENT].sessions.values()) == ["Firefox, Linux"]


@pytest.mark.parametrize("which", ["outras", "one"])
async def test_ending_devices_long_after_the_last_proof_asks_for_another(
    browser: Browser, world: World, which: str
) -> None:
    """ASVS 5.0, 7.5.2."""
    await browser.sign_in(PATIENT)
    kept = dict(world.people[PATIENT].sessions)
    other = next(i for i, name in kept.items() if name == "Chrome, Android")
    path = other if which == "one" else which
    world.needs_step_up.add(f"/api/v1/accounts/sessions/{other if which == 'one' else 'others'}")
    await browser.open(SECURITY)
    fields = browser.hidden(f"{SECURITY}/sessoes/{path}")
    answer = await browser.client.post(f"{SECURITY}/sessoes/{path}", data=fields)
    assert answer.headers["location"] == f"/confirmar?next={SECURITY}"
    assert world.people[PATIENT].sessions == kept


@pytest.mark.parametrize("login", [PATIENT, "ninguem@teste.test"])
async def test_a_forgotten_password_is_answered_alike_for_everybody(browser: Browser, login: str) -> None:
    await browser.open("/esqueci-a-senha")
    page = await browser.send("/esqueci-a-senha", {"login": login})
    assert page.url.path == "/esqueci-a-senha/nova"
    page = await browser.send(
        "/esqueci-a-senha/nova", {"code": "1", "password": "x" * 20, "repeated": "x" * 20}
    )
    assert "Código incorreto ou vencido." in page.text


async def test_a_forgotten_password_is_replaced_with_the_code_sent(browser: Browser) -> None:
    await browser.open("/esqueci-a-senha")
    await browser.send("/esqueci-a-senha", {"login": PATIENT})
    typed = {"code": CODE, "password": "frase bem longa mesmo", "repeated": "frase bem longa mesmo"}
    page = await browser.send("/esqueci-a-senha/nova", typed)
    assert page.url.path == "/entrar"
    assert "Senha trocada." in page.text
    assert browser.client.cookies.get(DEVICE_COOKIE)

"""The administrator's pages about programs that act in the clinic."""

import re

import pytest

from services.accounts.domain.machine_scopes import MachineScope
from services.portal.interface.http.pages.integrations import SCOPES
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.machines import SECRETS
from tests.unit.portal.fake.people import ADMINISTRATOR, AUDITOR, CODE, DOCTOR
from tests.unit.portal.fake.state import Json, World

PAGE = "/equipe/integracoes"
NEW = {"name": "LIS Aurora", "scopes": ["orders:write", "patients:write"], "valid_days": "90"}


async def confirm(browser: Browser, wanted: str) -> None:
    await browser.open(f"/confirmar?next={wanted}")
    await browser.send("/confirmar", {"code": CODE})


async def registered(browser: Browser, world: World) -> Json:
    await browser.sign_in(ADMINISTRATOR)
    await confirm(browser, f"{PAGE}/nova")
    await browser.send(f"{PAGE}/nova", NEW)
    [client] = world.machines.values()
    return client


def test_the_pages_offer_what_accounts_can_grant() -> None:
    assert set(SCOPES) == set(MachineScope)


async def test_the_second_factor_comes_before_the_form(browser: Browser) -> None:
    await browser.sign_in(ADMINISTRATOR)
    page = await browser.open(f"{PAGE}/nova")
    assert page.headers["location"] == f"/confirmar?next={PAGE}/nova"


async def test_the_secret_is_on_one_page_once_and_can_be_copied_without_inline_script(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(ADMINISTRATOR)
    await confirm(browser, f"{PAGE}/nova")
    once = browser.hidden(f"{PAGE}/nova")
    page = await browser.send(f"{PAGE}/nova", NEW)
    assert "no-store" in page.headers["cache-control"]
    assert f'value="{SECRETS[0]}" readonly' in page.text
    assert 'data-copy="client-secret"' in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", page.text)
    assert world.machines_asked == [{"name": "LIS Aurora", "scopes": NEW["scopes"], "valid_days": 90}]
    again = await browser.client.post(f"{PAGE}/nova", data=once | NEW)
    [client] = world.machines.values()
    assert again.status_code == 409
    assert f'href="{PAGE}/{client["id"]}"' in again.text
    shown = await browser.open(f"{PAGE}/{client['id']}")
    listed = await browser.open(PAGE)
    for text in (again.text, shown.text, listed.text):
        assert SECRETS[0] not in text
    assert "Registrar exames" in listed.text


async def test_what_is_missing_is_told_and_the_rest_is_kept(browser: Browser) -> None:
    await browser.sign_in(ADMINISTRATOR)
    await confirm(browser, f"{PAGE}/nova")
    page = await browser.send(f"{PAGE}/nova", {"name": "LIS Aurora"})
    assert page.status_code == 422
    assert 'id="e-scopes">Escolha ao menos uma.' in page.text
    assert 'value="LIS Aurora"' in page.text


async def test_a_secret_is_exchanged_with_an_overlap_and_the_old_one_ended(
    browser: Browser, world: World
) -> None:
    client = await registered(browser, world)
    one = f"{PAGE}/{client['id']}"
    await browser.open(f"{one}/segredo")
    page = await browser.send(f"{one}/segredo", {"overlap_hours": "24", "valid_days": "365"})
    assert SECRETS[1] in page.text
    assert "O segredo anterior ainda funciona até" in page.text
    assert world.machines_asked[-1] == {"valid_days": 365, "overlap_hours": 24}
    page = await browser.open(one)
    assert f"{one}/segredo" not in browser.links()  # no third secret
    page = await browser.send(f"{one}/segredo-anterior")
    assert "Segredo anterior encerrado." in page.text
    assert client["previous_secret"] is None


async def test_a_client_is_suspended_resumed_and_ended_after_a_question(
    browser: Browser, world: World
) -> None:
    client = await registered(browser, world)
    one = f"{PAGE}/{client['id']}"
    await browser.open(one)
    page = await browser.send(f"{one}/suspensao")
    assert ("Integração suspensa." in page.text, client["state"]) == (True, "suspended")
    page = await browser.send(f"{one}/suspensao")
    assert ("Integração retomada" in page.text, client["state"]) == (True, "active")
    page = await browser.open(f"{one}/encerramento")
    assert "Encerrar LIS Aurora?" in page.text
    assert client["state"] == "active"
    page = await browser.send(f"{one}/encerramento")
    assert ("Integração encerrada." in page.text, client["state"]) == (True, "ended")
    assert f"{one}/suspensao" not in page.text


async def test_without_a_fresh_confirmation_a_change_asks_for_it_first(
    browser: Browser, world: World
) -> None:
    client = await registered(browser, world)
    one = f"{PAGE}/{client['id']}"
    await browser.open(one)
    for token, (login, _) in list(world.tokens.items()):
        world.tokens[token] = (login, False)
    page = await browser.client.post(f"{one}/suspensao", data=browser.hidden(f"{one}/suspensao"))
    assert page.headers["location"] == f"/confirmar?next={one}"
    assert client["state"] == "active"


async def test_an_auditor_reads_and_changes_nothing(browser: Browser, world: World) -> None:
    client = await registered(browser, world)
    browser.client.cookies.clear()
    await browser.sign_in(AUDITOR)
    one = f"{PAGE}/{client['id']}"
    assert "LIS Aurora" in (await browser.open(PAGE)).text
    assert f"{PAGE}/nova" not in browser.links()
    page = await browser.open(one)
    assert not [word for word in ("segredo", "suspensao", "encerramento") if f"{one}/{word}" in page.text]
    for path in (f"{PAGE}/nova", f"{one}/segredo", f"{one}/encerramento"):
        assert (await browser.open(path)).status_code == 403


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/nova"])
async def test_other_staff_have_no_such_page(browser: Browser, path: str) -> None:
    await browser.sign_in(DOCTOR)
    assert (await browser.open(path)).status_code == 403


async def test_the_pages_speak_english(browser: Browser, world: World) -> None:
    client = await registered(browser, world)
    browser.client.cookies.set("laudo_lang", "en")
    page = await browser.open(f"{PAGE}/{client['id']}")
    assert "Make another secret" in page.text
    assert "Register patients" in page.text

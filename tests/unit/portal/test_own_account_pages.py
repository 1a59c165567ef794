"""Making an account, finding one's records, changing a contact, alone and at the desk."""

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.identity import SENT, SENT_TO_OLD
from tests.unit.portal.fake.people import CLINIC_A, CODE, DOCTOR, PATIENT, RECEPTIONIST
from tests.unit.portal.fake.state import World

CHOSEN = "quatro palavras bem longas"
NEW = {
    "name": "Ana Lima",
    "birth_date": "1988-02-17",
    "email": "nova@teste.test",
    "clinic_id": CLINIC_A["id"],
}


async def test_an_account_is_made_with_the_code_of_the_email(browser: Browser, world: World) -> None:
    await browser.open("/entrar")
    assert "/criar-conta" in browser.links()
    page = await browser.open("/criar-conta")
    assert "Laboratório Aurora" in page.text
    page = await browser.send("/criar-conta", NEW)
    assert page.url.path == "/criar-conta/senha"
    assert "nova@teste.test" not in str(page.url) + page.text
    typed = {"password": CHOSEN, "repeated": CHOSEN}
    page = await browser.send("/criar-conta/senha", typed | {"code": "000000"})
    assert (page.status_code, 'id="e-code">Código incorreto.' in page.text) == (422, True)
    page = await browser.send("/criar-conta/senha", typed | {"code": SENT, "repeated": "outra"})
    assert "As duas senhas são diferentes" in page.text
    page = await browser.send("/criar-conta/senha", typed | {"code": f" {SENT[:3]} {SENT[3:]}"})
    assert (page.url.path, "Conta criada." in page.text) == ("/entrar", True)
    assert world.asked[-1]["password"] == CHOSEN
    assert world.asked[-1]["shown"] == {"terms": 2, "privacy": 2}
    assert world.asked[0]["locale"] == "pt-BR"
    assert (await browser.open("/criar-conta/senha")).headers["location"] == "/criar-conta"


async def test_what_is_wrong_on_the_form_is_told_and_the_rest_is_kept(browser: Browser) -> None:
    await browser.open("/criar-conta")
    page = await browser.send("/criar-conta", NEW | {"email": "nope"})
    assert page.status_code == 422
    assert 'id="e-email">E-mail inválido.' in page.text
    assert 'value="Ana Lima"' in page.text
    assert f'value="{CLINIC_A["id"]}" selected' in page.text


async def test_records_are_found_with_the_code_of_the_contact_on_file_and_one_signs_in_anew(
    browser: Browser, world: World
) -> None:
    world.records.clear()
    await browser.sign_in(PATIENT)
    await browser.open("/conta")
    assert "/meus-cadastros" in browser.links()
    await browser.open("/meus-cadastros")
    page = await browser.send("/meus-cadastros", {"cpf": "123"})
    assert 'id="e-cpf">CPF inválido.' in page.text
    page = await browser.send("/meus-cadastros", {"cpf": "529.982.247-25"})
    assert page.url.path == "/meus-cadastros/codigo"
    assert "529" not in str(page.url) + page.text
    page = await browser.send("/meus-cadastros/codigo", {"code": "000000"})
    assert page.status_code == 422
    page = await browser.send("/meus-cadastros/codigo", {"code": SENT})
    assert (page.url.path, "Entre de novo" in page.text) == ("/entrar", True)
    assert (await browser.open("/exames")).headers["location"].startswith("/entrar")


async def confirmed_for_contact(browser: Browser, world: World) -> None:
    world.people[PATIENT].factors = ["totp"]
    await browser.sign_in(PATIENT)
    await browser.open("/conta/contato")
    assert "/confirmar?next=/conta/contato" in browser.links()
    await browser.open("/confirmar?next=/conta/contato")
    page = await browser.send("/confirmar", {"code": CODE})
    assert page.url.path == "/conta/contato"


async def test_a_contact_is_asked_for_only_after_confirming(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open("/conta/contato")
    assert 'name="email"' not in page.text
    fields = browser.hidden("/sair") | {"email": "novo@teste.test"}
    answer = await browser.client.post("/conta/contato", data=fields)
    assert answer.headers["location"] == "/confirmar?next=/conta/contato"
    assert world.asked == []


async def test_a_contact_changes_with_a_code_from_each(browser: Browser, world: World) -> None:
    await confirmed_for_contact(browser, world)
    page = await browser.send("/conta/contato", {"email": "a@b.test", "phone": "11987654321"})
    assert "Um de cada vez." in page.text
    page = await browser.send("/conta/contato", {"email": "novo@teste.test"})
    assert page.url.path == "/conta/contato/codigo"
    page = await browser.send("/conta/contato/codigo", {"code": SENT, "old_code": "000000"})
    assert page.status_code == 422
    page = await browser.send("/conta/contato/codigo", {"code": SENT, "old_code": SENT_TO_OLD})
    assert (page.url.path, "Contato alterado." in page.text) == ("/conta", True)
    assert world.asked[-1] == {"code": SENT, "old_code": SENT_TO_OLD}


async def test_without_an_old_contact_one_code_is_asked_for(browser: Browser, world: World) -> None:
    await confirmed_for_contact(browser, world)
    page = await browser.send("/conta/contato", {"phone": "11987654321"})
    assert 'name="old_code"' not in page.text
    await browser.send("/conta/contato/codigo", {"code": SENT})
    assert world.asked[-1] == {"code": SENT}


async def test_at_the_desk_a_lost_contact_is_replaced_with_its_reason(browser: Browser, world: World) -> None:
    await browser.sign_in(RECEPTIONIST)
    patient = next(iter(world.records))
    await browser.open(f"/pacientes/{patient}")
    assert f"/pacientes/{patient}/contato" in browser.links()
    await browser.open(f"/pacientes/{patient}/contato")
    action = f"/pacientes/{patient}/contato"
    page = await browser.send(action, {"phone": "11987654321", "reason": "lost"})
    assert (page.status_code, "cadastrou primeiro" in page.text) == (403, True)
    assert 'value="lost" required checked' in page.text
    await browser.send(action, {"email": "certo@teste.test", "reason": "lost"})
    assert world.asked[-1] == {"email": "certo@teste.test", "reason": "lost"}
    page = await browser.send(f"{action}/codigo", {"code": "1"})
    assert page.status_code == 422
    page = await browser.send(f"{action}/codigo", {"code": SENT})
    assert "Contato alterado." in page.text


@pytest.mark.parametrize("who", [DOCTOR, PATIENT])
async def test_others_do_not_change_a_patients_contact(browser: Browser, world: World, who: str) -> None:
    await browser.sign_in(who)
    assert (await browser.open(f"/pacientes/{next(iter(world.records))}/contato")).status_code == 403


async def test_the_desk_signs_a_patient_out_everywhere_who_asks_for_it(
    browser: Browser, world: World
) -> None:
    patient = next(iter(world.records))
    await browser.sign_in(RECEPTIONIST)
    await browser.open(f"/pacientes/{patient}")
    page = await browser.send(f"/pacientes/{patient}/desconexao")
    assert "Todas as sessões foram encerradas." in page.text
    assert world.signed_out == [patient]
    await browser.send("/sair")
    await browser.sign_in(DOCTOR)
    page = await browser.open(f"/pacientes/{patient}")
    assert "desconexao" not in page.text
    fields = browser.hidden("/sair")
    assert (await browser.client.post(f"/pacientes/{patient}/desconexao", data=fields)).status_code == 403

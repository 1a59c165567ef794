"""A patient's rights in one place; the receipt for whoever has no account any more; what an administrator decides."""

from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.people import ADMINISTRATOR, CLINIC_A, CODE, DOCTOR, PATIENT, RECEPTIONIST
from tests.unit.portal.fake.privacy import RECEIPT
from tests.unit.portal.fake.state import World

ERASE = "/privacidade/apagar"


async def asked(browser: Browser, world: World) -> None:
    """The patient has confirmed and asked."""
    for token, (login, _) in list(world.tokens.items()):
        world.tokens[token] = (login, True)
    await browser.open(ERASE)
    await browser.send(ERASE, {"understood": "yes"})


async def test_what_would_happen_is_shown_item_by_item_before_anything_is_asked(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open("/privacidade")
    assert ERASE in browser.links()
    page = await browser.open(ERASE)
    for words in ("E-mail e telefone", "Será apagado", "Será anonimizado", "Será guardado", "LGPD", "2046"):
        assert words in page.text
    assert RECEIPT not in page.text


async def test_who_has_not_confirmed_confirms_first_and_who_has_not_understood_asks_nothing(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(ERASE)
    page = await browser.send(ERASE)
    assert (page.status_code, "Marque que entendeu" in page.text) == (422, True)
    page = await browser.send(ERASE, {"understood": "yes"})
    assert (page.url.path, page.url.params["next"]) == ("/confirmar", ERASE)
    assert world.erasures == {}


async def test_asked_the_code_is_shown_and_the_request_can_be_withdrawn(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(PATIENT)
    await asked(browser, world)
    assert "Pedido registrado." in browser.page.text
    assert RECEIPT in browser.page.text
    page = await browser.send(f"{ERASE}/retirada")
    assert "Pedido retirado." in page.text
    assert world.erasures == {}


async def test_a_withdrawal_that_comes_too_late_is_told_on_the_page(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await asked(browser, world)
    world.erasures.clear()
    page = await browser.send(f"{ERASE}/retirada")
    assert (page.status_code, "já foi cumprido" in page.text) == (409, True)


async def test_the_receipt_opens_without_an_account_and_its_code_is_in_no_address(
    browser: Browser, world: World
) -> None:
    await browser.open("/recibo")
    page = await browser.send("/recibo", {"code": "errado"})
    assert (page.status_code, "Nenhum recibo tem este código." in page.text) == (404, True)
    page = await browser.send("/recibo", {"code": RECEIPT.lower()})
    for words in ("Pedido cumprido", "Apagado", "Guardado", "sem pendência", CLINIC_A["name"]):
        assert words in page.text
    assert not any(RECEIPT.lower() in call.url.lower() for call in world.calls)
    assert RECEIPT not in str(page.url)


async def test_an_administrator_decides_about_the_identity_with_a_reason(
    new_browser: NewBrowser, world: World
) -> None:
    patient, admin = new_browser(), new_browser()
    await patient.sign_in(PATIENT)
    await asked(patient, world)
    await admin.sign_in(ADMINISTRATOR)
    page = await admin.open("/pedidos-de-titulares")
    assert "Ana Lívia Teixeira" in page.text
    [erasure] = world.erasures.values()
    action = f"/pedidos-de-titulares/{erasure['id']}/decisao"
    page = await admin.send(action, {"decision": "keep", "until": "2027-03-31", "reason": "x"})
    assert (page.status_code, "Escreva o motivo." in page.text) == (422, True)
    page = await admin.send(action, {"decision": "keep", "until": "2027-03-31", "reason": "processo"})
    assert "Decisão registrada." in page.text
    assert "processo" in page.text
    assert world.decisions[erasure["id"]]["keep_until"] == "2027-04-01T00:00:00-03:00"
    await admin.send(action, {"decision": "erase", "until": "2027-03-31", "reason": "conferido"})
    assert world.decisions[erasure["id"]]["keep_until"] is None


async def test_a_doctor_has_neither_page(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    for path in ("/privacidade", ERASE, "/pedidos-de-titulares"):
        assert (await browser.open(path)).status_code == 403


CORRECT = "/privacidade/corrigir"


async def test_a_correction_is_proposed_answered_and_seen_with_what_stood_before(
    new_browser: NewBrowser, world: World
) -> None:
    patient, desk = new_browser(), new_browser()
    await patient.sign_in(PATIENT)
    world.people[PATIENT].factors = ["contact_code"]
    page = await patient.open(CORRECT)
    assert page.headers["location"] == f"/confirmar?next={CORRECT}"
    await patient.open(page.headers["location"])
    await patient.send("/confirmar/envio")
    await patient.send("/confirmar", {"code": CODE})
    page = await patient.open(CORRECT)
    assert "02/03/1988" in page.text
    record_id = next(iter(world.records))
    typed = {"what": f"{record_id}:birth_date", "value": "", "reason": "erro de digitação"}
    page = await patient.send(CORRECT, typed)
    assert (page.status_code, "Escreva como deve ficar." in page.text) == (422, True)
    assert "erro de digitação" in page.text, "what was typed stays"
    page = await patient.send(CORRECT, typed | {"value": "3/2/1988", "sex": "M"})
    assert "Pedido enviado." in page.text
    [correction] = world.corrections.values()
    assert (correction["field"], correction["proposed"]) == ("birth_date", "1988-02-03")
    await desk.sign_in(RECEPTIONIST)
    page = await desk.open("/correcoes")
    assert "03/02/1988" in page.text
    page = await desk.send(
        f"/correcoes/{correction['id']}/resposta", {"decision": "accept", "answer": "conferido com o RG"}
    )
    assert "Cadastro corrigido." in page.text
    page = await patient.open(CORRECT)
    for words in ("conferido com o RG", "Corrigido", "02/03/1988", "03/02/1988"):
        assert words in page.text


async def test_corrections_are_the_desks_and_the_administrators(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    assert (await browser.open("/correcoes")).status_code == 403

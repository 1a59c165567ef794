"""People come in: a doctor is invited, joins and signs in; a patient makes an account and finds the records."""

import asyncio
import re
import time

import pyotp
from playwright.async_api import Page, expect

from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.people import Someone
from tests.support.live import LiveSystem

PASSWORD = "quatro palavras bem longas"
_INVITATION = re.compile(r"\b[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2}\b")
_CODE = re.compile(r"\b\d{6}\b")


async def _mailed(live_system: LiveSystem, address: str, code: re.Pattern[str], *, besides: str = "") -> str:
    """Wait for the newest code sent to an address."""
    for _ in range(300):
        texts = [one["text"] for one in live_system.outbox() if one["to"] == address]
        codes = [found for text in texts for found in code.findall(text) if found != besides]
        if codes:
            return str(codes[-1])
        await asyncio.sleep(0.2)
    raise AssertionError("no code arrived")


async def _fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        await page.fill(f"#f-{name}", value)


async def test_an_invited_doctor_joins_signs_in_and_is_verified(
    open_page: OpenPage, live_system: LiveSystem, administrator: Someone
) -> None:
    mail = f"iris.{int(time.time())}@example.com"
    admin = await open_page(administrator)
    await admin.goto("/equipe/convidar")
    await _fill(admin, name="Dra. Íris Convidada", email=mail)
    await admin.check("input[value=doctor]")
    await admin.check("input[value=releaser]")
    await admin.click("main form button")
    await expect(admin.locator("main")).to_contain_text("precisam de conselho, número e UF")
    await _fill(admin, council="CRM", council_number="123456", council_uf="SP")
    await admin.click("main form button")
    await expect(admin.locator("main")).to_contain_text("Convite enviado por e-mail.")

    page = await open_page(None, viewport=PHONE)
    await page.goto("/convite")
    await page.fill("#f-invitation_code", (await _mailed(live_system, mail, _INVITATION)).lower())
    await page.click("main form button")
    await page.click("summary:has-text('Não consigo ler a imagem')")
    app = pyotp.TOTP(await page.inner_text(".secret"))
    joined_with = int(time.time()) // 30
    await _fill(page, password=PASSWORD, repeated=PASSWORD, code=app.at(joined_with * 30))
    await page.click("main form button")
    await expect(page.locator("main")).to_contain_text("Convite aceito.")
    await _fill(page, login=mail, password=PASSWORD)
    await page.click("main form button")
    await page.fill("#f-code", app.at((joined_with + 1) * 30))
    await page.click("main form button")
    await page.wait_for_selector("details.menu")
    await page.goto("/pacientes")
    await expect(page.locator("h1")).to_have_text("Pacientes")

    await admin.goto("/equipe")
    await admin.click("a:has-text('Dra. Íris Convidada')")
    await expect(admin.locator("main")).to_contain_text("não pode liberar resultados")
    await admin.check("input[value=council_register]")
    await admin.click("button:has-text('Confirmar conferência')")
    await expect(admin.locator("main")).to_contain_text("Registro profissional conferido.")
    await admin.click("button:has-text('Encerrar acesso')")
    await expect(admin.locator("main")).to_contain_text("Acesso encerrado.")


async def test_a_patient_makes_an_account_and_finds_the_record_by_the_contact_on_file(
    open_page: OpenPage, live_system: LiveSystem, receptionist: Someone
) -> None:
    stamp = int(time.time())
    on_file, own = f"desk.{stamp}@example.com", f"own.{stamp}@example.com"
    desk = await open_page(receptionist)
    await desk.goto("/pacientes/novo")
    await _fill(desk, name="Olívia Nova", birth_date="1991-07-08", cpf="246.813.579-28", email=on_file)
    await desk.check("input[name=sex][value=F]")
    await desk.click("main form button")
    await expect(desk.locator("main")).to_contain_text("Paciente cadastrado.")

    page = await open_page(None, viewport=PHONE)
    await page.goto("/criar-conta")
    await _fill(page, name="Olívia Nova", birth_date="1991-07-08", email=own)
    await page.select_option("#f-clinic_id", index=1)
    await page.click("main form button")
    first = await _mailed(live_system, own, _CODE)
    await _fill(page, code=first, password=PASSWORD, repeated=PASSWORD)
    await page.click("main form button")
    await _fill(page, login=own, password=PASSWORD)
    await page.click("main form button")
    await page.wait_for_url("**/meus-cadastros")
    await page.fill("#f-cpf", "246.813.579-28")
    await page.click("main form button")
    await page.wait_for_url("**/meus-cadastros/codigo")
    await page.fill("#f-code", await _mailed(live_system, on_file, _CODE))
    await page.click("main form button")
    await expect(page.locator("main")).to_contain_text("Cadastro encontrado.")
    await _fill(page, login=own, password=PASSWORD)
    await page.click("main form button")
    await page.wait_for_selector("details.menu")
    await page.goto("/conta")
    await expect(page.locator("main")).to_contain_text("Laboratório Aurora")

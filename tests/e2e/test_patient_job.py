"""The patient in the browser: told, signed in, reading, downloading; on a phone, in English, and nobody else."""

import io
import re

import pypdfium2
from playwright.async_api import Page, expect

from tests.e2e import job
from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.job import BLOOD_COUNT, Exam
from tests.e2e.people import Someone, sign_in
from tests.support.live import LiveSystem


async def _row(page: Page, name: str) -> str:
    return await page.locator(f"table.results tr:has(th:text-is('{name}'))").inner_text()


async def test_a_patient_reads_every_value_as_it_was_typed(
    open_page: OpenPage, released_exam: Exam, patient: Someone
) -> None:
    page = await open_page(patient)
    await page.click(f"a[href='/exames/{released_exam.id}']")
    shown = await page.locator("table.results .value").all_inner_texts()
    assert shown == list(BLOOD_COUNT.values())
    row = await _row(page, "Hemoglobina")
    for words in ("11,4", "g/dL", "12,0 a 16,0", "Abaixo da faixa"):
        assert words in row
    assert await page.locator("svg.range-bar").count() == 14
    await job.shows(page, "1 valor fora da faixa de referência.", "Como você foi avisado")


async def test_the_signed_report_is_downloaded_from_the_store(
    open_page: OpenPage, released_exam: Exam, patient: Someone
) -> None:
    page = await open_page(patient)
    await page.goto(f"/exames/{released_exam.id}")
    link = str(await page.get_attribute("a[data-download]", "href"))
    redirect = await page.request.get(link, max_redirects=0)
    assert redirect.status == 302
    assert "Signature" in redirect.headers["location"]
    report = await (await page.request.get(link)).body()
    assert report.startswith(b"%PDF-")
    assert b"/ByteRange" in report
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(io.BytesIO(report)))
    for value in BLOOD_COUNT.values():
        assert value in text


async def test_the_message_leads_to_the_result_after_signing_in(
    open_page: OpenPage, released_exam: Exam, patient: Someone, live_system: LiveSystem
) -> None:
    link = f"/exames/{released_exam.id}"
    page = await open_page()
    told: list[str] = []
    for _ in range(60):
        told = [one["text"] for one in live_system.outbox() if one["kind"] == "email" and link in one["text"]]
        if any("novo documento" in text for text in told):
            break
        await page.wait_for_timeout(500)
    assert any("novo documento" in text for text in told)
    assert not any("Hemograma" in text or "11,4" in text for text in told)
    await page.goto(link)
    assert page.url.endswith(f"/entrar?next={link}")
    await page.fill("#f-login", patient.login)
    await page.fill("#f-password", patient.password)
    await page.click("main button")
    await page.wait_for_url(f"**{link}")
    await job.shows(page, "11,4")


async def test_the_patient_reads_on_a_phone(
    open_page: OpenPage, released_exam: Exam, patient: Someone
) -> None:
    page = await open_page(patient, viewport=PHONE, is_mobile=True, has_touch=True)
    await job.fits(page)
    await page.tap(f"a[href='/exames/{released_exam.id}']")
    await job.shows(page, "Hemoglobina", "11,4", "Referência: 12,0 a 16,0")
    await job.fits(page)
    for path in ("/preferencias", "/conta"):
        await page.goto(path)
        await job.fits(page)
    button = await page.locator("main button").first.bounding_box()
    assert button is not None
    assert button["height"] >= 44


async def test_the_switch_speaks_english(open_page: OpenPage, released_exam: Exam, patient: Someone) -> None:
    page = await open_page(patient)
    await page.goto(f"/exames/{released_exam.id}")
    await page.click("button:has-text('English')")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(f"/exames/{released_exam.id}")
    await job.shows(
        page, "Complete blood count", "11.4", "12.0 to 16.0", "Below range", "Download report (PDF)"
    )
    await page.click("button:has-text('Português')")
    await job.shows(page, "Hemograma completo", "11,4")


async def test_the_list_is_filtered_while_typing(
    open_page: OpenPage, released_exam: Exam, patient: Someone
) -> None:
    page = await open_page(patient)
    await page.locator("#f-q").press_sequentially("zzzz")
    await job.shows(page, "Nenhum exame com estes filtros.")
    await page.fill("#f-q", released_exam.protocol)
    await expect(page.locator("#found li")).to_have_count(1)
    assert re.search(r"/exames\?f=[0-9a-f]{16}$", page.url)


async def test_another_patient_does_not_find_the_exam(
    open_page: OpenPage, released_exam: Exam, other_patient: Someone
) -> None:
    page = await open_page(other_patient)
    for path in ("", "/laudo"):
        answer = await page.goto(f"/exames/{released_exam.id}{path}")
        assert answer is not None
        assert answer.status == 404
        await job.shows(page, "Página não encontrada")
    assert "Hemograma" not in await page.inner_text("main")


async def test_preferences_are_kept(open_page: OpenPage, other_patient: Someone) -> None:
    page = await open_page(other_patient)
    await page.goto("/preferencias")
    await page.uncheck("input[name=sms]")
    await page.click("main form button")
    await job.shows(page, "Preferências salvas.")
    await page.goto("/preferencias")
    await expect(page.locator("input[name=sms]")).not_to_be_checked()
    await page.check("input[name=sms]")
    await page.click("main form button")
    await expect(page.locator("input[name=sms]")).to_be_checked()


async def test_what_was_accepted_is_listed_and_withdrawn_and_the_channel_falls_silent(
    open_page: OpenPage, other_patient: Someone
) -> None:
    page = await open_page(other_patient)
    await page.goto("/privacidade/textos")
    accept = page.locator("form[action$='/sms_messages']").filter(has_text="Aceitar").locator("button")
    withdraw = page.locator("form[action$='/sms_messages']").filter(has_text=re.compile("Retirar|Recusar"))
    if await accept.count():
        await accept.click()
        await job.shows(page, "Aceite registrado.")
    await withdraw.locator("button").click()
    await job.shows(page, "Este canal está em silêncio.", "pela própria pessoa")
    await page.goto("/preferencias")
    await expect(page.locator("input[name=sms]")).not_to_be_checked()
    await page.goto("/privacidade/textos")
    await accept.click()
    await job.shows(page, "Aceite registrado.")
    await page.goto("/textos/sms_messages?versao=1")
    await job.shows(page, "Avisos sobre exames por SMS", "Versão 1")


async def test_signing_out_ends_the_session_in_the_browser(open_page: OpenPage, patient: Someone) -> None:
    page = await open_page()
    await sign_in(page, patient)
    await page.click("details.menu summary")
    await page.click("details.menu button")
    await job.shows(page, "Você saiu.")
    await page.goto("/exames")
    assert page.url.endswith("/entrar?next=/exames")


async def test_the_keyboard_reaches_the_content_first(open_page: OpenPage, patient: Someone) -> None:
    page = await open_page(patient)
    await page.keyboard.press("Tab")
    await expect(page.locator("a.skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#conteudo")).to_be_focused()


async def test_the_patient_sees_who_opened_the_data_and_can_hide_the_own_reads(
    open_page: OpenPage, released_exam: Exam, patient: Someone, releaser: Someone
) -> None:
    page = await open_page(patient)
    await page.goto(f"/exames/{released_exam.id}")
    await page.click("nav a[href='/acessos']")
    await expect(page.locator("h1")).to_have_text("Quem viu meus dados")
    await expect(page.locator(".told strong").first).to_have_text("Você")
    await page.click("a[href='/acessos?meus=0']")
    names = await page.locator(".told strong").all_inner_texts()
    assert releaser.name in names
    assert "Sistema" in names
    assert "Você" not in names
    release = page.locator(".told li", has_text="Liberou o laudo").first
    await expect(release.locator(f"a[href='/exames/{released_exam.id}']")).to_have_text("Hemograma completo")

"""Doctor, receptionist, technician and releaser at work in the browser."""

import re
import time

from playwright.async_api import expect

from tests.e2e import job
from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.job import BLOOD_COUNT, Exam
from tests.e2e.people import Someone, sign_in
from tests.support.live import LiveSystem


async def test_a_doctor_finds_a_patient_while_typing(
    open_page: OpenPage, doctor: Someone, patient: Someone
) -> None:
    page = await open_page(doctor)
    await page.goto("/pacientes")
    await page.locator("#f-q").press_sequentially(patient.name.split()[0].lower(), delay=40)
    await expect(page.locator("#found")).to_contain_text(patient.name)
    assert re.search(r"/pacientes\?f=[0-9a-f]{16}$", page.url)
    await job.fits(page)


async def test_a_doctor_registers_an_exam_and_finds_it_again(
    open_page: OpenPage, doctor: Someone, patient: Someone
) -> None:
    page = await open_page(doctor)
    exam = await job.order(page, patient, urgent=True)
    await job.shows(page, "Exame registrado", "Hemograma completo", patient.name, "Urgente")
    await page.goto("/")
    await page.click(f"a[href='/exames/{exam.id}']")
    await job.shows(page, exam.protocol, "Registrado", "Cansaço há duas semanas.")
    await page.goto("/exames")
    await page.locator("#f-q").press_sequentially(exam.protocol)
    await expect(page.locator("#found li")).to_have_count(1)


async def test_the_catalogue_is_narrowed_while_typing(
    open_page: OpenPage, doctor: Someone, patient: Someone
) -> None:
    page = await open_page(doctor)
    await page.goto("/pacientes")
    await page.fill("#f-q", patient.name)
    await page.press("#f-q", "Enter")
    await page.click(f"#found a:has-text('{patient.name}')")
    await page.click("a.button[href$='/exames/novo']")
    assert await page.locator("[data-words]").count() == 38
    await page.locator("#f-filter").press_sequentially("acido uri")
    await expect(page.locator("[data-words]:visible")).to_have_count(1)
    await expect(page.locator("[data-picker-count]")).to_have_text("1 exame")
    await page.press("#f-filter", "Enter")
    await expect(page.locator("input[value=URICO]")).to_be_checked()


async def test_a_new_patient_is_registered_and_makes_the_own_password(
    open_page: OpenPage, receptionist: Someone, live_system: LiveSystem
) -> None:
    email, name = f"nova-{int(time.time())}@example.com", "Nina Demonstração Nova"
    page = await open_page(receptionist)
    await page.goto("/pacientes/novo")
    await page.fill("#f-name", name)
    await page.fill("#f-birth_date", "1990-05-04")
    await page.check("input[value=F]")
    await page.fill("#f-cpf", "111.111.111-12")
    await page.fill("#f-email", email)
    await page.click("main form button")
    await expect(page.locator("#e-cpf")).to_be_visible()
    await expect(page.locator("#f-name")).to_have_value(name)
    await page.fill("#f-cpf", "")
    await page.click("main form button")
    await page.wait_for_url(re.compile(r"/pacientes/[0-9a-f-]{36}$"))
    await job.shows(page, name, "Paciente cadastrado.")

    page = await open_page()
    await page.goto("/primeiro-acesso")
    await page.fill("#f-login", email)
    await page.click("main button")
    code = None
    for _ in range(80):
        texts = [one["text"] for one in live_system.outbox() if one["to"] == email]
        code = next((found[0] for text in texts if (found := re.search(r"\b\d{6}\b", text))), None)
        if code is not None:
            break
        await page.wait_for_timeout(500)
    assert code is not None
    await page.fill("#f-code", code)
    for field in ("#f-password", "#f-repeated"):
        await page.fill(field, "tres palavras sem relacao")
    await page.click("main button")
    await job.shows(page, "Senha criada.")
    await sign_in(page, Someone(name, email, "tres palavras sem relacao", None))
    await job.shows(page, "Você ainda não tem exames aqui.")


async def test_a_technician_types_a_blood_count_by_keyboard_and_looks_at_the_draft(
    open_page: OpenPage, doctor: Someone, technician: Someone, patient: Someone
) -> None:
    exam = await job.order(await open_page(doctor), patient)
    page = await open_page(technician)
    await job.shows(page, exam.protocol)
    await job.collect(page, exam)
    await expect(page.locator("table.entry tbody tr")).to_have_count(17)
    await expect(page.locator("#vu-RBC")).to_have_text("milhões/mm³")
    await page.focus("#v-RBC")
    for code, value in BLOOD_COUNT.items():
        await expect(page.locator(f"#v-{code}")).to_be_focused()
        await page.keyboard.type(value)
        await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")  # the focus has come to "save"
    await expect(page.locator("tr:has(#v-HGB)")).to_contain_text("Abaixo da faixa")
    await expect(page.locator("#v-WBC")).to_have_value("7,80")
    await expect(page.locator("#vr-HGB")).to_have_text("12,0 a 16,0")
    await job.complete(page, exam)
    await expect(page.locator("[data-draft]")).to_be_visible(timeout=60_000)
    draft = await page.request.get(str(await page.get_attribute("[data-draft]", "href")))
    assert draft.headers["content-type"] == "application/pdf"
    assert (await draft.body()).startswith(b"%PDF-")


async def test_ranges_are_shown_before_the_first_value_is_typed(
    open_page: OpenPage, doctor: Someone, technician: Someone, patient: Someone
) -> None:
    exam = await job.order(await open_page(doctor), patient)
    page = await open_page(technician)
    await job.collect(page, exam)
    await expect(page.locator("#vr-HGB")).to_have_text("12,0 a 16,0")
    await expect(page.locator("#vr-NEUTP")).to_have_text("sem faixa cadastrada")
    await page.fill("#v-HGB", "11,4")
    await expect(page.locator("#vh-HGB")).to_have_text("abaixo da faixa")


async def test_wrong_and_critical_values_are_told_in_their_rows(
    open_page: OpenPage, doctor: Someone, technician: Someone, patient: Someone
) -> None:
    exam = await job.order(await open_page(doctor), patient)
    page = await open_page(technician)
    await job.collect(page, exam)
    await job.type_values(page, BLOOD_COUNT | {"MCV": "8x", "HGB": "5,9"})
    await expect(page.locator("#ve-MCV")).to_be_visible()
    await expect(page.locator("#v-PLT")).to_have_value("263")
    await job.type_values(page, {"MCV": "86,0"})
    await expect(page.locator("tr:has(#v-HGB)")).to_contain_text("Muito abaixo da faixa")
    await expect(page.locator("input[name=criticals_repeated]")).to_have_count(1)
    await job.complete(page, exam)
    await job.shows(page, "Em conferência")


async def test_a_releaser_reviews_sends_back_and_releases(
    open_page: OpenPage, doctor: Someone, technician: Someone, releaser: Someone, patient: Someone
) -> None:
    exam = await job.order(await open_page(doctor), patient)
    bench = await open_page(technician)
    await job.collect(bench, exam)
    await job.type_values(bench, BLOOD_COUNT)
    await job.complete(bench, exam)
    page = await open_page(releaser)
    await page.click(f"a[href='/exames/{exam.id}']")
    await job.shows(page, "11,4", "Abaixo da faixa", technician.name)
    await page.click("summary:has-text('Devolver para análise')")
    await page.fill("#f-reason-send_back", "Conferir plaquetas.")
    await page.click("form[action$='/devolucao'] button")
    await page.wait_for_url("**/exames")
    await bench.goto(f"/exames/{exam.id}/valores")
    await expect(bench.locator("#v-PLT")).to_have_value("263")
    await job.complete(bench, exam)
    await job.release(page, exam, releaser)
    await job.wait_until_open(page, exam)
    await job.shows(page, "Laudo conferido e assinado", "Aberto ao paciente")


async def test_the_job_works_without_javascript(
    open_page: OpenPage, doctor: Someone, technician: Someone, releaser: Someone, patient: Someone
) -> None:
    exam = await job.order(await open_page(doctor, java_script_enabled=False), patient)
    bench = await open_page(technician, java_script_enabled=False)
    await job.collect(bench, exam)
    await job.type_values(bench, BLOOD_COUNT)
    await job.complete(bench, exam)
    page = await open_page(releaser, java_script_enabled=False)
    await job.release(page, exam, releaser)
    await job.wait_until_open(page, exam, reloading=True)
    reader = await open_page(patient, java_script_enabled=False)
    await reader.click(f"a[href='/exames/{exam.id}']")
    await job.shows(reader, "11,4", "Baixar laudo (PDF)")


async def test_staff_of_another_clinic_do_not_find_the_exam(
    open_page: OpenPage, released_exam: Exam, technician_of_b: Someone
) -> None:
    page = await open_page(technician_of_b)
    answer = await page.goto(f"/exames/{released_exam.id}")
    assert answer is not None
    assert answer.status == 404
    await job.shows(page, "Página não encontrada")


async def test_the_administrator_reads_the_log_without_addresses(
    open_page: OpenPage, released_exam: Exam, administrator: Someone, patient: Someone
) -> None:
    page = await open_page(administrator)
    await job.shows(page, "Avisos enviados", "Resultado disponível")
    assert patient.login not in await page.inner_text("main")


async def test_the_desk_fits_a_phone(open_page: OpenPage, doctor: Someone) -> None:
    page = await open_page(doctor, viewport=PHONE, is_mobile=True)
    for path in ("/", "/pacientes", "/pacientes/novo", "/exames", "/conta"):
        await page.goto(path)
        await job.fits(page)

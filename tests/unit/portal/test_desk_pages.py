"""Doctor and receptionist: find, register and open patients; register exams."""

import re

from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.people import DOCTOR, RECEPTIONIST, TECHNICIAN
from tests.unit.portal.fake.state import Json, World

NEW = {"name": "Carla Dias", "birth_date": "1990-05-04", "sex": "F", "email": "carla@teste.test"}


async def test_a_patient_is_found_by_enter_and_the_name_is_in_no_address(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    page = await browser.send("/pacientes", {"q": "lívia"})
    assert "Ana Lívia Teixeira" in page.text
    assert re.fullmatch(r"http://portal\.test/pacientes\?f=[0-9a-f]{16}", str(page.url))
    assert "Ana Lívia Teixeira" in (await browser.open(str(page.url))).text
    assert "Ana Lívia Teixeira" not in (await browser.open("/pacientes")).text
    assert "***.456.789-**" in page.text


async def test_while_typing_only_the_found_part_is_sent(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    await browser.open("/pacientes")
    part = await browser.send("/pacientes", {"q": "bruno"}, **{"HX-Request": "true"})
    assert "Bruno Sá" in part.text
    assert "<html" not in part.text


async def test_nobody_found_offers_to_register(browser: Browser) -> None:
    await browser.sign_in(RECEPTIONIST)
    await browser.open("/pacientes")
    page = await browser.send("/pacientes", {"q": "zzz"})
    assert "Nenhum paciente encontrado" in page.text
    assert "/pacientes/novo" in browser.links()


async def test_a_registered_patient_is_opened(browser: Browser, world: World) -> None:
    await browser.sign_in(RECEPTIONIST)
    await browser.open("/pacientes/novo")
    page = await browser.send("/pacientes/novo", NEW | {"cpf": "111.444.777-35"})
    assert re.fullmatch(r"/pacientes/[0-9a-f-]{36}", page.url.path)
    assert "Paciente cadastrado." in page.text
    assert "Carla Dias" in page.text
    assert list(world.records.values())[-1]["cpf"] == "11144477735"


async def test_wrong_fields_are_told_beside_them_and_values_are_kept(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    await browser.open("/pacientes/novo")
    page = await browser.send("/pacientes/novo", NEW | {"cpf": "111.111.111-11"})
    assert page.status_code == 422
    assert 'id="e-cpf">CPF inválido.' in page.text
    assert 'value="Carla Dias"' in page.text
    assert 'value="111.111.111-11"' in page.text
    assert re.search(r'value="F" required checked', page.text)


async def test_a_patient_who_exists_leads_to_the_existing_record(browser: Browser, world: World) -> None:
    await browser.sign_in(DOCTOR)
    await browser.open("/pacientes/novo")
    page = await browser.send("/pacientes/novo", NEW | {"cpf": "52998224725"})
    assert page.status_code == 409
    assert f"/pacientes/{next(iter(world.records))}" in browser.links()


async def test_a_double_click_registers_one_patient(browser: Browser, world: World) -> None:
    await browser.sign_in(DOCTOR)
    await browser.open("/pacientes/novo")
    fields = browser.hidden("/pacientes/novo") | NEW
    first = await browser.client.post("/pacientes/novo", data=fields)
    second = await browser.client.post("/pacientes/novo", data=fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(world.records) == 3


async def test_the_corrected_form_carries_a_new_key(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    await browser.open("/pacientes/novo")
    first = browser.hidden("/pacientes/novo")["once"]
    await browser.send("/pacientes/novo", NEW | {"cpf": "111.111.111-11"})
    assert browser.hidden("/pacientes/novo")["once"] != first


async def test_a_doctor_registers_an_exam_and_sees_its_protocol(browser: Browser, world: World) -> None:
    patient_id = next(iter(world.records))
    await browser.sign_in(DOCTOR)
    page = await browser.open(f"/pacientes/{patient_id}/exames/novo")
    assert "Hemograma completo" in page.text
    assert "Médico solicitante" not in page.text
    typed = {"code": "HEMO", "priority": "urgent", "clinical_note": "Cansaço."}
    page = await browser.send(f"/pacientes/{patient_id}/exames/novo", typed)
    exam = next(iter(world.exams.values()))
    assert page.url.path == f"/exames/{exam['id']}/registrado"
    assert exam["protocol"] in page.text
    assert exam["priority"] == "urgent"
    assert exam["clinical_note"] == "Cansaço."


async def test_a_double_click_registers_one_exam(browser: Browser, world: World) -> None:
    patient_id = next(iter(world.records))
    await browser.sign_in(DOCTOR)
    await browser.open(f"/pacientes/{patient_id}/exames/novo")
    action = f"/pacientes/{patient_id}/exames/novo"
    fields = browser.hidden(action) | {"code": "HEMO"}
    for _ in range(2):
        await browser.client.post(action, data=fields)
    assert len(world.exams) == 1


async def test_a_receptionist_names_the_requester(browser: Browser, world: World) -> None:
    patient_id = next(iter(world.records))
    action = f"/pacientes/{patient_id}/exames/novo"
    await browser.sign_in(RECEPTIONIST)
    page = await browser.open(action)
    assert "Dra. Beatriz Nogueira · CRM 900001/SP" in page.text
    page = await browser.send(action, {"code": "HEMO"})
    assert page.status_code == 422
    assert "Escolha o médico solicitante." in page.text
    typed = {"code": "HEMO", "requester_id": world.people[DOCTOR].id, "scheduled_at": "2026-12-01T08:30"}
    await browser.send(action, typed)
    exam = next(iter(world.exams.values()))
    assert exam["requester"]["name"] == "Dra. Beatriz Nogueira"
    assert exam["scheduled_at"] == "2026-12-01T08:30:00-03:00"


async def test_an_exam_must_be_chosen_and_what_was_typed_is_kept(browser: Browser, world: World) -> None:
    action = f"/pacientes/{next(iter(world.records))}/exames/novo"
    await browser.sign_in(DOCTOR)
    await browser.open(action)
    page = await browser.send(action, {"priority": "urgent", "clinical_note": "Febre."})
    assert page.status_code == 422
    assert "Escolha um exame da lista." in page.text
    assert "Febre.</textarea>" in page.text
    assert 'value="urgent" checked' in page.text


async def test_a_receptionist_sees_no_values(browser: Browser, typed_exam: Json) -> None:
    await browser.sign_in(RECEPTIONIST)
    page = await browser.open(f"/exames/{typed_exam['id']}")
    assert page.status_code == 200
    assert "11,4" not in page.text


async def test_desk_pages_are_closed_to_the_bench(new_browser: NewBrowser) -> None:
    browser = new_browser()
    await browser.sign_in(TECHNICIAN)
    for path in ("/pacientes", "/pacientes/novo"):
        page = await browser.open(path)
        assert page.status_code == 403
        assert "Acesso não permitido" in page.text


async def test_a_cancelled_exam_says_so(browser: Browser, exam: Json) -> None:
    await browser.sign_in(DOCTOR)
    await browser.open(f"/exames/{exam['id']}")
    page = await browser.send(f"/exames/{exam['id']}/cancelamento", {"reason": "Pedido em dobro."})
    assert "Exame cancelado." in page.text
    assert exam["state"] == "cancelled"

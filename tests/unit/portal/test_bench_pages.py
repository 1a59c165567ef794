"""Technician: worklist, collection, analysis, values, completion, draft."""

import re

from services.shared.kernel.clock import FixedClock
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.bench import add_file
from tests.unit.portal.fake.blood_count import CODES, VALUES
from tests.unit.portal.fake.people import RELEASER, STAFF_OF_B, TECHNICIAN
from tests.unit.portal.fake.state import Json, World

VALUES_TYPED = {f"value.{code}": value for code, value in VALUES.items()}
COLLECTION = {"barcode": "AM-77", "collected_at": "2026-11-20T07:15"}


async def test_the_worklist_shows_priority_state_and_waiting_time(browser: Browser, exam: Json) -> None:
    exam["priority"] = "urgent"
    await browser.sign_in(TECHNICIAN)
    page = await browser.open("/exames")
    assert "Urgente" in page.text
    assert "Ana Lívia Teixeira" in page.text
    assert re.search(r"há \d+ segundos?", page.text)


async def test_the_worklist_is_filtered_by_state_in_an_address_of_its_own(
    browser: Browser, exam: Json
) -> None:
    await browser.sign_in(TECHNICIAN)
    await browser.open("/exames")
    page = await browser.send("/exames", {"state": "completed"})
    assert exam["protocol"] not in page.text
    assert "Nenhum exame com estes filtros" in page.text
    assert exam["protocol"] not in (await browser.open(str(page.url))).text
    await browser.open("/exames")
    page = await browser.send("/exames", {"clear": "1"})
    assert exam["protocol"] in page.text


async def test_a_collection_is_recorded_in_clinic_time(browser: Browser, exam: Json) -> None:
    action = f"/exames/{exam['id']}/coleta"
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}")
    page = await browser.send(action, COLLECTION | {"patient_identified_by": ["name", "birth_date"]})
    assert "Coleta registrada." in page.text
    assert exam["specimen"]["barcode"] == "AM-77"
    assert exam["specimen"]["collected_at"] == "2026-11-20T07:15:00-03:00"


async def test_one_identifier_is_not_enough_and_the_barcode_is_kept(browser: Browser, exam: Json) -> None:
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}")
    page = await browser.send(
        f"/exames/{exam['id']}/coleta", COLLECTION | {"patient_identified_by": ["name"]}
    )
    assert page.status_code == 422
    assert "dois dados diferentes" in page.text
    assert 'value="AM-77"' in page.text
    assert re.search(r'value="name" checked', page.text)


async def test_an_unreadable_time_is_told_beside_its_field(browser: Browser, exam: Json) -> None:
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}")
    page = await browser.send(f"/exames/{exam['id']}/coleta", {"barcode": "AM-77", "collected_at": "ontem"})
    assert page.status_code == 422
    assert "Informe data e hora válidas." in page.text


async def test_starting_the_analysis_opens_the_table_of_values(browser: Browser, exam: Json) -> None:
    exam["state"] = "collected"
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}")
    page = await browser.send(f"/exames/{exam['id']}/analise")
    assert page.url.path == f"/exames/{exam['id']}/valores"
    assert len(re.findall(r'name="value\.', page.text)) == 17
    assert "milhões/mm³" in page.text
    assert "12,0 a 16,0" in page.text
    assert "sem faixa cadastrada" in page.text


async def test_saved_values_come_back_with_flags(browser: Browser, exam: Json) -> None:
    exam["state"] = "in_analysis"
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}/valores")
    page = await browser.send(f"/exames/{exam['id']}/valores", VALUES_TYPED)
    assert "Valores salvos." in page.text
    assert 'value="4,21"' in page.text
    assert "Abaixo da faixa" in page.text
    assert "Concluir e enviar para conferência" in page.text
    assert [row["value"] for row in exam["results"]][:2] == ["4.21", "11.4"]


async def test_digits_are_sent_as_typed_with_the_unit_that_was_shown(browser: Browser, exam: Json) -> None:
    exam["state"] = "in_analysis"
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}/valores")
    hidden = browser.hidden(f"/exames/{exam['id']}/valores")
    assert hidden["unit.RBC"] == "10*6/uL"
    await browser.send(f"/exames/{exam['id']}/valores", {"value.WBC": "7,80"})
    stored = {row["code"]: row["value"] for row in exam["results"]}
    assert stored["WBC"] == "7.80"
    assert stored["RBC"] is None


async def test_a_wrong_value_is_told_in_its_row_and_all_typed_is_kept(browser: Browser, exam: Json) -> None:
    exam["state"] = "in_analysis"
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}/valores")
    page = await browser.send(f"/exames/{exam['id']}/valores", VALUES_TYPED | {"value.MCV": "8x"})
    assert page.status_code == 422
    assert 'id="ve-MCV">Digite só algarismos.' in page.text
    assert 'value="8x"' in page.text
    assert 'value="263"' in page.text


async def test_somebody_elses_change_is_noticed(browser: Browser, exam: Json) -> None:
    exam["state"] = "in_analysis"
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}/valores")
    exam["version"] += 1
    page = await browser.send(f"/exames/{exam['id']}/valores", {"value.RBC": "4,2"})
    assert page.status_code == 409
    assert "Outra pessoa alterou este exame" in page.text
    assert 'value="4,2"' in page.text


async def test_a_critical_value_asks_for_its_repeat(browser: Browser, exam: Json) -> None:
    exam["state"] = "in_analysis"
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{exam['id']}/valores")
    page = await browser.send(f"/exames/{exam['id']}/valores", VALUES_TYPED | {"value.HGB": "5,9"})
    assert "Valores críticos" in page.text
    assert 'name="criticals_repeated" value="HGB"' in page.text
    action = f"/exames/{exam['id']}/conclusao"
    page = await browser.send(action)
    assert page.status_code == 422
    assert "Há valores críticos." in page.text
    page = await browser.send(action, {"criticals_repeated": ["HGB"]})
    assert "Exame concluído" in page.text
    assert exam["state"] == "completed"


async def test_completion_is_not_offered_while_values_are_missing(browser: Browser, exam: Json) -> None:
    exam["state"] = "in_analysis"
    await browser.sign_in(TECHNICIAN)
    page = await browser.open(f"/exames/{exam['id']}/valores")
    assert "Sem valor salvo: 17." in page.text
    assert "Concluir e enviar" not in page.text


async def test_the_table_is_closed_outside_the_analysis(browser: Browser, exam: Json) -> None:
    await browser.sign_in(TECHNICIAN)
    answer = await browser.open(f"/exames/{exam['id']}/valores")
    assert answer.headers["location"] == f"/exames/{exam['id']}"


async def test_the_draft_is_watched_until_it_is_there(
    browser: Browser, world: World, typed_exam: Json
) -> None:
    world.pdf_is_ready = False
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{typed_exam['id']}/valores")
    page = await browser.send(f"/exames/{typed_exam['id']}/conclusao")
    watched = re.search(r'hx-get="([^"]+rascunho[^"]+)"', page.text)
    assert watched is not None
    address = watched[1].replace("&amp;", "&")
    assert "Gerando o rascunho" in (await browser.open(address)).text
    file_id = add_file(world, typed_exam, "draft_report", "ready")  # the renderer is done
    part = await browser.open(address)
    assert "hx-get" not in part.text
    assert f"/exames/{typed_exam['id']}/arquivos/{file_id}" in part.text
    link = await browser.open(f"/exames/{typed_exam['id']}/arquivos/{file_id}")
    assert link.status_code == 302
    assert link.headers["location"] == f"https://store.test/{file_id}?signature=x"


async def test_the_draft_of_an_earlier_completion_is_not_shown_as_the_present_one(
    browser: Browser, world: World, typed_exam: Json
) -> None:
    world.pdf_is_ready = False
    stale = add_file(world, typed_exam, "draft_report", "ready")
    typed_exam["version"] += 2  # sent back, and typed anew
    await browser.sign_in(TECHNICIAN)
    await browser.open(f"/exames/{typed_exam['id']}/valores")
    page = await browser.send(f"/exames/{typed_exam['id']}/conclusao")
    assert str(stale) not in page.text
    watched = re.search(r'hx-get="([^"]+rascunho[^"]+)"', page.text)
    assert watched is not None
    address = watched[1].replace("&amp;", "&")
    assert str(stale) not in (await browser.open(address)).text
    fresh = add_file(world, typed_exam, "draft_report", "ready")
    assert str(fresh) in (await browser.open(address)).text


async def test_watching_the_draft_reads_no_exam_and_ends(
    browser: Browser, world: World, typed_exam: Json
) -> None:
    await browser.sign_in(TECHNICIAN)
    world.calls.clear()
    part = await browser.open(f"/exames/{typed_exam['id']}/rascunho?version=1&n=90")
    assert "hx-get" not in part.text
    assert "demorando" in part.text
    assert [call.url for call in world.calls if "/api/v1/exams" in call.url] == []


async def test_staff_of_another_clinic_do_not_find_the_exam(browser: Browser, exam: Json) -> None:
    await browser.sign_in(STAFF_OF_B)
    for path in ("", "/valores", "/laudo", "/andamento"):
        page = await browser.open(f"/exames/{exam['id']}{path}")
        assert page.status_code == 404
        assert "Página não encontrada" in page.text


async def test_a_releaser_enters_no_values(browser: Browser, typed_exam: Json) -> None:
    await browser.sign_in(RELEASER)
    assert (await browser.open(f"/exames/{typed_exam['id']}/valores")).status_code == 403


async def test_waiting_time_is_said_in_its_largest_unit(
    browser: Browser, exam: Json, clock: FixedClock
) -> None:
    exam["created_at"] = clock.now().replace(year=clock.now().year - 1).isoformat()
    await browser.sign_in(TECHNICIAN)
    assert "há 1 ano" in (await browser.open("/exames")).text
    assert len(CODES) == 17

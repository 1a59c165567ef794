"""Patient: own exams, values once released, the report, and how one is told."""

import re

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.bench import open_report
from tests.unit.portal.fake.people import ADMINISTRATOR, AUDITOR, OTHER_PATIENT, PATIENT
from tests.unit.portal.fake.state import Json, World, now


@pytest.fixture
def released_exam(world: World, typed_exam: Json) -> Json:
    releaser = {"id": "x", "name": "Dr. Caio Brandão", "council": "CRBM", "number": "90002", "uf": "SP"}
    report = {"version": 1, "status": "final", "released_at": now(), "releaser": releaser}
    typed_exam |= {"state": "released", "released_at": now(), "report": report | {"file_id": None}}
    open_report(world, typed_exam)
    return typed_exam


async def test_an_empty_list_says_what_will_come(browser: Browser) -> None:
    page = await browser.sign_in(PATIENT)
    assert "Você ainda não tem exames aqui." in page.text


async def test_the_list_shows_state_requester_and_clinic(browser: Browser, released_exam: Json) -> None:
    page = await browser.sign_in(PATIENT)
    for words in ("Hemograma completo", "Resultado pronto", "Dra. Beatriz Nogueira", "Laboratório Aurora"):
        assert words in page.text


async def test_the_list_is_searched_by_doctor_and_the_filter_stays(
    browser: Browser, released_exam: Json
) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.send("/exames", {"q": "beatriz"})
    assert released_exam["id"] in page.text
    assert re.fullmatch(r"http://portal\.test/exames\?f=[0-9a-f]{16}", str(page.url))
    part = await browser.send("/exames", {"q": "zzz"}, **{"HX-Request": "true"})
    assert "Nenhum exame com estes filtros" in part.text
    assert "<html" not in part.text
    assert 'value="zzz"' in (await browser.open(part.headers["hx-replace-url"])).text
    assert released_exam["id"] in (await browser.open("/exames")).text


async def test_values_without_a_range_are_not_said_to_be_inside_it(
    browser: Browser, released_exam: Json
) -> None:
    await browser.sign_in(PATIENT)
    for result in released_exam["results"]:
        result["flag"] = None
    page = await browser.open(f"/exames/{released_exam['id']}")
    assert "Nenhum valor fora da faixa" not in page.text
    assert "Não há faixa de referência cadastrada" in page.text
    for result in released_exam["results"][1:]:
        result["flag"] = "N"
    page = await browser.open(f"/exames/{released_exam['id']}")
    assert "Nenhum valor fora da faixa" in page.text
    assert "1 valor não tem faixa cadastrada e não foi comparado." in page.text


async def test_typing_on_changes_the_same_search(browser: Browser, released_exam: Json) -> None:
    await browser.sign_in(PATIENT)
    first = await browser.send("/exames", {"q": "he"}, **{"HX-Request": "true"})
    address = first.headers["hx-replace-url"]
    await browser.open("/exames")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://portal.test{address}"}
    second = await browser.send("/exames", {"q": "hemo"}, **headers)
    assert second.headers["hx-replace-url"] == address


async def test_a_search_of_another_visitor_is_not_recalled(new_browser: NewBrowser, world: World) -> None:
    mine, other = new_browser(), new_browser()
    await mine.sign_in(PATIENT)
    page = await mine.send("/exames", {"q": "segredo"})
    await other.sign_in(OTHER_PATIENT)
    assert "segredo" not in (await other.open(str(page.url))).text


async def test_dates_and_state_go_to_the_service(browser: Browser, world: World, released_exam: Json) -> None:
    await browser.sign_in(PATIENT)
    await browser.send("/exames", {"from": "2026-01-01", "to": "2026-12-31", "state": "released"})
    asked = [call.url for call in world.calls if "/api/v1/exams?" in call.url][-1]
    assert "from=2026-01-01" in asked
    assert "to=2026-12-31" in asked
    assert "state=released" in asked


async def test_the_exam_shows_values_ranges_flags_and_who_released(
    browser: Browser, released_exam: Json
) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open(f"/exames/{released_exam['id']}")
    assert "11,4" in page.text
    assert "12,0 a 16,0" in page.text
    assert "1 valor fora da faixa de referência." in page.text
    assert "sem faixa cadastrada" in page.text
    assert "Dr. Caio Brandão" in page.text
    assert "CRBM 90002/SP" in page.text
    assert len(re.findall(r'<svg class="range-bar"', page.text)) == 14
    assert len(re.findall(r'scope="row"', page.text)) == 17
    assert "Cansaço" not in page.text
    assert "Daniela Souto" not in page.text


async def test_in_english_numbers_take_a_decimal_point(browser: Browser, released_exam: Json) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(f"/exames/{released_exam['id']}")
    page = await browser.send("/idioma", {"locale": "en"})
    assert page.url.path == f"/exames/{released_exam['id']}"
    assert '<html lang="en">' in page.text
    assert "Complete blood count" in page.text
    assert "11.4" in page.text
    assert "11,4" not in page.text
    assert "Below range" in page.text
    assert "10⁶/µL" in page.text


@pytest.mark.parametrize("state", ["registered", "collected", "in_analysis", "completed"])
async def test_an_unreleased_value_is_never_shown(browser: Browser, typed_exam: Json, state: str) -> None:
    typed_exam["state"] = state
    await browser.sign_in(PATIENT)
    page = await browser.open(f"/exames/{typed_exam['id']}")
    assert page.status_code == 200
    assert "Resultado ainda não disponível" in page.text
    assert "11,4" not in page.text
    assert "Baixar laudo" not in page.text


async def test_released_but_not_yet_open_says_almost_ready(
    browser: Browser, world: World, typed_exam: Json
) -> None:
    typed_exam |= {"state": "released", "report": {"version": 1, "opened": False, "releaser": None}}
    await browser.sign_in(PATIENT)
    page = await browser.open(f"/exames/{typed_exam['id']}")
    assert "Quase pronto" in page.text
    assert "11,4" not in page.text


async def test_the_report_is_fetched_from_the_store_itself(browser: Browser, released_exam: Json) -> None:
    await browser.sign_in(PATIENT)
    answer = await browser.open(f"/exames/{released_exam['id']}/laudo")
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://store.test/")
    assert "no-store" in answer.headers["cache-control"]


async def test_there_is_no_report_before_its_time(browser: Browser, typed_exam: Json) -> None:
    await browser.sign_in(PATIENT)
    assert (await browser.open(f"/exames/{typed_exam['id']}/laudo")).status_code == 404


async def test_a_file_of_another_exam_is_not_found(browser: Browser, released_exam: Json) -> None:
    await browser.sign_in(PATIENT)
    stranger = "0193a000-0000-7000-8000-000000000999"
    assert (await browser.open(f"/exames/{released_exam['id']}/arquivos/{stranger}")).status_code == 404


async def test_another_patient_does_not_find_the_exam(browser: Browser, released_exam: Json) -> None:
    await browser.sign_in(OTHER_PATIENT)
    for path in ("", "/laudo"):
        page = await browser.open(f"/exames/{released_exam['id']}{path}")
        assert page.status_code == 404
        assert "Página não encontrada" in page.text
        assert "Hemograma" not in page.text


async def test_the_patient_sees_how_they_were_told(browser: Browser, released_exam: Json) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open(f"/exames/{released_exam['id']}")
    assert "Como você foi avisado" in page.text
    assert "a***@teste.test" in page.text
    assert "Enviado" in page.text


async def test_a_missing_log_does_not_hide_the_result(
    browser: Browser, released_exam: Json, world: World
) -> None:
    await browser.sign_in(PATIENT)
    world.down |= {"notifications", "files"}
    page = await browser.open(f"/exames/{released_exam['id']}")
    assert page.status_code == 200
    assert "11,4" in page.text


async def test_preferences_are_saved(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    await browser.open("/preferencias")
    page = await browser.send("/preferencias", {"email": "1"})
    assert "Preferências salvas." in page.text
    assert world.people[PATIENT].preferences == {"email": True, "sms": False}
    assert "Preferências salvas." not in (await browser.open("/preferencias")).text


async def test_an_administrator_reads_the_log_and_no_exam(browser: Browser, released_exam: Json) -> None:
    page = await browser.sign_in(ADMINISTRATOR)
    assert page.url.path == "/avisos"
    assert "Resultado disponível" in page.text
    assert "a***@teste.test" in page.text
    assert (await browser.open(f"/exames/{released_exam['id']}")).status_code == 403


async def test_an_auditor_reaches_the_own_account(browser: Browser) -> None:
    page = await browser.sign_in(AUDITOR)
    assert page.url.path == "/conta"
    assert "Auditoria" in page.text
    assert "Laboratório Aurora" in page.text

"""Who can see whose exams: the patient's page, other people's exams, emergencies, and a second proof of identity."""

import re
from typing import Any

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.blood_count import VALUES
from tests.unit.portal.fake.exams import fill
from tests.unit.portal.fake.people import AUDITOR, CODE, DOCTOR, OTHER_PATIENT, PATIENT, TECHNICIAN
from tests.unit.portal.fake.state import Json, World

PERSON = {"label": "Meu irmão", "cpf": "111.444.777-35", "birth_date": "1990-01-01", "scope": "values"}
REASON = "Paciente inconsciente na sala vermelha, sem acompanhante."


@pytest.fixture
def opened(exam: Json) -> Json:
    exam["state"] = "released"
    exam["report"] = {"version": 1, "status": "final", "opened": True, "releaser": None, "file_id": None}
    fill(exam, VALUES)
    return exam


def hold(world: World, giver: str, reader: str, **changes: Any) -> Json:
    given = {
        "id": "0193a000-0000-7000-8000-000000000999",
        "kind": "guardian",
        "label": "Responsável",
        "scope": "download",
        "person_id": world.people[giver].id,
        "name": world.people[giver].name,
        "reader_id": world.people[reader].id,
        "starts_at": "2026-01-01T00:00:00+00:00",
        "until": "2999-01-01T00:00:00+00:00",
        "ended_at": None,
        **changes,
    }
    world.proxies.append(given)
    return given


async def test_a_patient_gives_access_sees_it_and_takes_it_back_after_a_question(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open("/permissoes")
    assert "Você não deu acesso a ninguém." in page.text
    await browser.open("/permissoes/pessoas")
    page = await browser.send("/permissoes/pessoas", PERSON | {"until": "2998-12-31"})
    assert page.url.path == "/permissoes"
    assert "Meu irmão" in page.text
    assert "A lista e os resultados" in page.text
    assert "até 31/12/2998" in page.text
    (link,) = [link for link in browser.links() if link.endswith("/fim")]
    page = await browser.open(link)
    assert "Encerrar este acesso?" in page.text
    page = await browser.send(link)
    assert "Acesso encerrado." in page.text
    assert "Meu irmão" not in page.text


async def test_what_is_wrong_with_a_grant_stands_beside_its_field_and_the_cpf_in_no_address(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(PATIENT)
    await browser.open("/permissoes/pessoas")
    page = await browser.send("/permissoes/pessoas", PERSON | {"label": "x", "until": "2998-12-31"})
    assert page.status_code == 422
    assert 'id="e-label">Escreva como você chama' in page.text
    assert not any("444" in call.url for call in world.calls)


async def test_an_exam_is_shared_from_its_page_with_a_doctor_by_registration(
    browser: Browser, opened: Json
) -> None:
    await browser.sign_in(PATIENT)
    await browser.open(f"/exames/{opened['id']}")
    link = f"/permissoes/medicos?exame={opened['id']}"
    assert link in browser.links()
    page = await browser.open(link)
    assert opened["protocol"] in page.text
    typed = {"council": "CRM", "number": "999", "uf": "SP", "until": "2998-12-31"}
    page = await browser.send("/permissoes/medicos", typed)
    assert "Não encontramos um médico com este registro." in page.text
    page = await browser.send("/permissoes/medicos", typed | {"number": "12345"})
    assert "Exames compartilhados." in page.text
    assert "Dra. Beatriz Nogueira" in page.text
    assert opened["protocol"] in page.text


async def test_all_exams_of_a_clinic_are_offered_by_its_name(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open("/permissoes/medicos")
    assert "Todos os exames em Laboratório Aurora" in page.text
    assert "ficam de fora" in page.text


async def test_every_page_of_another_persons_exam_says_whose_it_is(
    browser: Browser, world: World, opened: Json
) -> None:
    ana = hold(world, PATIENT, OTHER_PATIENT)["person_id"]
    await browser.sign_in(OTHER_PATIENT)
    page = await browser.open("/permissoes")
    assert f"/pessoas/{ana}/exames" in browser.links()
    page = await browser.open(f"/pessoas/{ana}/exames")
    assert "Você está vendo os exames de Ana Lívia Teixeira." in page.text
    exam_link = f"/exames/{opened['id']}?pessoa={ana}"
    assert exam_link in browser.links()
    page = await browser.open(exam_link)
    assert "Você está vendo os exames de Ana Lívia Teixeira." in page.text
    assert "11,4" in page.text
    assert not any("/permissoes/medicos?" in link for link in browser.links())
    assert (await browser.open(f"/exames/{opened['id']}")).status_code == 404


async def test_without_an_access_another_persons_pages_do_not_exist(
    browser: Browser, world: World, opened: Json
) -> None:
    ana = world.people[PATIENT].id
    await browser.sign_in(OTHER_PATIENT)
    for path in (f"/pessoas/{ana}/exames", f"/exames/{opened['id']}?pessoa={ana}"):
        page = await browser.open(path)
        assert page.status_code == 404
        assert "Ana Lívia" not in page.text


async def test_an_emergency_needs_everything_at_once_and_tells_the_consequences(
    new_browser: NewBrowser, world: World, opened: Json
) -> None:
    browser = new_browser()
    await browser.sign_in(DOCTOR)
    assert (await browser.open("/emergencia")).headers["location"] == "/confirmar?next=/emergencia"
    await browser.open("/confirmar?next=/emergencia")
    page = await browser.send("/confirmar", {"code": CODE})
    assert page.url.path == "/emergencia"
    assert "O paciente é avisado na hora" in page.text
    typed = {"record_number": "A-000123", "reason": REASON}
    page = await browser.send("/emergencia", typed | {"record_number": "9"})
    assert "Não encontramos este paciente nesta clínica." in page.text
    assert REASON in page.text
    page = await browser.send("/emergencia", typed | {"reason": "urgente"})
    assert 'id="e-reason">Descreva o motivo' in page.text
    page = await browser.send("/emergencia", typed)
    assert re.fullmatch(r"/emergencia/[0-9a-f-]{36}", page.url.path)
    assert "aberto por 60 minutos" in page.text
    page = await browser.open(f"/exames/{opened['id']}?via=emergencia")
    assert "cada página aberta fica registrada" in page.text
    patient, auditor = new_browser(), new_browser()
    await patient.sign_in(PATIENT)
    assert REASON in (await patient.open("/permissoes")).text
    await auditor.sign_in(AUDITOR)
    assert REASON in (await auditor.open("/emergencias")).text


async def test_a_sensitive_exam_asks_for_a_second_proof_and_then_shows(
    browser: Browser, world: World, opened: Json
) -> None:
    opened["sensitive"] = True
    await browser.sign_in(PATIENT)
    world.people[PATIENT].factors = ["contact_code"]
    page = await browser.open(f"/exames/{opened['id']}")
    assert "Confirme que é você" in page.text
    assert "11,4" not in page.text
    assert "Quase pronto" not in page.text
    (link,) = [link for link in browser.links() if link.startswith("/confirmar?")]
    await browser.open(link)
    await browser.send("/confirmar/envio")
    page = await browser.send("/confirmar", {"code": CODE})
    assert page.url.path == f"/exames/{opened['id']}"
    assert "11,4" in page.text


@pytest.mark.parametrize("path", ["/permissoes", "/pessoas", "/emergencia", "/emergencias"])
async def test_whom_a_page_does_not_concern_is_refused(browser: Browser, path: str) -> None:
    await browser.sign_in(TECHNICIAN)
    assert (await browser.open(path)).status_code == 403

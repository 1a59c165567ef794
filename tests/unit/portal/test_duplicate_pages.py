"""A patient who seems to be there already, and two records of one person."""

from tests.unit.portal.browser import Browser
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.people import ADMINISTRATOR, DOCTOR, RECEPTIONIST
from tests.unit.portal.fake.state import World

ANA = {"name": "Ana Lívia Teixeira", "birth_date": "1988-03-02", "sex": "F"}


async def test_the_same_name_is_asked_about_and_somebody_else_is_registered(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(RECEPTIONIST)
    await browser.open("/pacientes/novo")
    page = await browser.send("/pacientes/novo", ANA)
    assert page.status_code == 409
    assert "Já existe um paciente com este nome." in page.text
    assert f"/pacientes/{next(iter(world.records))}" in browser.links()
    assert 'name="somebody_else" value="yes" form="new-patient"' in page.text
    page = await browser.send("/pacientes/novo", ANA | {"somebody_else": "yes"})
    assert "Paciente cadastrado." in page.text


async def with_twin(browser: Browser, world: World) -> tuple[str, str]:
    await browser.open("/pacientes/novo")
    await browser.send("/pacientes/novo", ANA | {"somebody_else": "yes"})
    return next(iter(world.records)), list(world.records)[-1]


async def test_one_proposes_another_merges_and_it_can_be_undone(
    new_browser: NewBrowser, world: World
) -> None:
    desk, admin = new_browser(), new_browser()
    await desk.sign_in(RECEPTIONIST)
    survivor, twin = await with_twin(desk, world)
    await desk.open("/duplicados")
    page = await desk.send(
        "/duplicados", {"survivor_id": survivor, "reason": "mesmo documento", "records": [survivor, twin]}
    )
    assert "Unificação proposta." in page.text
    assert "/decisao" not in page.text
    [merge] = world.merges.values()
    assert (merge["survivor_id"], merge["duplicate_id"]) == (survivor, twin)

    await admin.sign_in(ADMINISTRATOR)
    page = await admin.open("/duplicados")
    assert "mesmo documento" in page.text
    page = await admin.send(f"/duplicados/{merge['id']}/decisao", {"decision": "merge"})
    assert "Cadastros unificados." in page.text
    page = await desk.open(f"/pacientes/{twin}")
    assert page.headers["location"] == f"/pacientes/{survivor}"
    await desk.open(f"/pacientes/{survivor}")
    asked = [call.url for call in world.calls if "patient_id=" in call.url]
    assert [url.rsplit("patient_id=")[-1][:36] for url in asked[-2:]] == [survivor, twin]

    await admin.open("/duplicados")
    page = await admin.send(f"/duplicados/{merge['id']}/desfazer", {"reason": "eram primas"})
    assert "Unificação desfeita." in page.text
    assert "eram primas" in page.text


async def test_who_proposed_is_told_that_another_decides(
    browser: Browser, new_browser: NewBrowser, world: World
) -> None:
    desk = new_browser()
    await desk.sign_in(RECEPTIONIST)
    survivor, twin = await with_twin(desk, world)
    await browser.sign_in(ADMINISTRATOR)
    await browser.open("/duplicados")
    page = await browser.send(
        "/duplicados", {"survivor_id": survivor, "reason": "x", "records": [survivor, twin]}
    )
    assert (page.status_code, "Escreva o motivo." in page.text) == (422, True)
    await browser.send(
        "/duplicados", {"survivor_id": survivor, "reason": "igual", "records": [survivor, twin]}
    )
    [merge] = world.merges.values()
    page = await browser.open("/duplicados")
    assert "Você propôs" in page.text
    assert 'value="merge"' not in page.text
    page = await browser.send(f"/duplicados/{merge['id']}/decisao", {"decision": "merge"})
    assert (page.status_code, "não pode confirmar" in page.text) == (403, True)
    page = await browser.send(f"/duplicados/{merge['id']}/decisao", {"decision": "refuse"})
    assert "Proposta recusada." in page.text


async def test_a_doctor_has_no_such_page(browser: Browser) -> None:
    await browser.sign_in(DOCTOR)
    assert (await browser.open("/duplicados")).status_code == 403

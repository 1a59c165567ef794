"""Removing the second step of somebody who was identified anew: staff by an administrator, patients by the desk."""

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import ADMINISTRATOR, AUDITOR, CODE, DOCTOR, RECEPTIONIST
from tests.unit.portal.fake.state import World


async def confirm(browser: Browser, page: str) -> None:
    await browser.open(f"/confirmar?next={page}")
    await browser.send("/confirmar", {"code": CODE})


async def test_an_administrator_vouches_after_confirming_and_says_how(browser: Browser, world: World) -> None:
    world.people[ADMINISTRATOR].factors = ["totp"]
    await browser.sign_in(ADMINISTRATOR)
    member = next(
        id_ for id_, each in world.staff.items() if each["active"] and id_ != world.people[ADMINISTRATOR].id
    )
    page = await browser.open(f"/equipe/{member}")
    assert 'value="photo_document" required' in page.text
    fields = browser.hidden(f"/equipe/{member}/identificacao") | {"how": "photo_document"}
    sent_away = await browser.client.post(f"/equipe/{member}/identificacao", data=fields)
    assert sent_away.headers["location"] == f"/confirmar?next=/equipe/{member}"
    assert world.vouched == []
    await confirm(browser, f"/equipe/{member}")
    page = await browser.send(f"/equipe/{member}/identificacao", {"how": "video_document"})
    assert "Segunda etapa retirada." in page.text
    assert world.vouched == [(member, "video_document")]


async def test_nobody_finds_the_button_on_the_own_page_but_reads_who_helps(
    browser: Browser, world: World
) -> None:
    await browser.sign_in(ADMINISTRATOR)
    me = world.people[ADMINISTRATOR].id
    world.staff.setdefault(me, dict(next(iter(world.staff.values())), id=me))
    page = await browser.open(f"/equipe/{me}")
    assert f"/equipe/{me}/identificacao" not in page.text
    assert "Outra pessoa da administração identifica você" in page.text


async def test_the_desk_vouches_for_a_patient(browser: Browser, world: World) -> None:
    world.people[RECEPTIONIST].factors = ["totp"]
    patient = next(iter(world.records))
    await browser.sign_in(RECEPTIONIST)
    await confirm(browser, f"/pacientes/{patient}")
    page = await browser.open(f"/pacientes/{patient}")
    assert "professional_card" not in page.text
    page = await browser.send(f"/pacientes/{patient}/identificacao", {"how": "photo_document"})
    assert "Segunda etapa retirada." in page.text
    assert world.vouched == [(patient, "photo_document")]


@pytest.mark.parametrize("who", [AUDITOR, DOCTOR])
async def test_others_do_not_vouch(browser: Browser, world: World, who: str) -> None:
    await browser.sign_in(who)
    fields = browser.hidden("/sair") | {"how": "photo_document"}
    for path in (f"/equipe/{next(iter(world.staff))}", f"/pacientes/{next(iter(world.records))}"):
        assert (await browser.client.post(f"{path}/identificacao", data=fields)).status_code == 403
    assert world.vouched == []

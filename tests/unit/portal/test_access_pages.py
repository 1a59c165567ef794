"""Who saw my data: one list out of three logs."""

import re

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.access_logs import access
from tests.unit.portal.fake.people import DOCTOR, OTHER_PATIENT, PATIENT, STAFF_OF_B
from tests.unit.portal.fake.state import World

EXAM = "0193a000-0000-7000-8000-000000000777"


def at(minute: int) -> str:
    return f"2026-11-20T12:{minute:02d}:00+00:00"


@pytest.fixture
def read(world: World) -> World:
    ana, doctor, stranger = (world.people[login] for login in (PATIENT, DOCTOR, STAFF_OF_B))
    told = {"exam_id": EXAM, "protocol": "AUR-1", "sensitive": False}
    named = told | {"name_pt": "Hemograma completo", "name_en": "Complete blood count"}
    world.accesses = {
        "accounts": [access(ana, None, at(1), "patient.identifiers_read", purpose="report")],
        "exams": [
            access(ana, doctor, at(2), "exam.read", about=named, purpose="emergency"),
            access(ana, stranger, at(4), "exam.read", about=told | {"sensitive": True}),
        ],
        "files": [
            access(ana, ana, at(3), "file.link_issued", about=told),
            access(world.people[OTHER_PATIENT], doctor, at(9), "file.read"),
        ],
    }
    return world


def names(page: str) -> list[str]:
    return re.findall(r"<li>\s*<span class=\"row-main\">\s*<strong>([^<]*)</strong>", page)


async def test_three_logs_are_one_list_newest_first(browser: Browser, read: World) -> None:
    await browser.sign_in(PATIENT)
    page = (await browser.open("/acessos")).text
    assert names(page) == ["Pessoa da clínica", "Você", "Dra. Beatriz Nogueira", "Sistema"]
    for words in ("Médico(a)", "Emergência", "Baixou o laudo", "Leu CPF ou CNS", "20/11/2026"):
        assert words in page


async def test_the_exam_is_named_unless_it_is_sensitive(browser: Browser, read: World) -> None:
    await browser.sign_in(PATIENT)
    page = (await browser.open("/acessos")).text
    assert f'<a href="/exames/{EXAM}">Hemograma completo</a>' in page
    assert f'<a href="/exames/{EXAM}">protocolo AUR-1</a>' in page


async def test_what_one_did_oneself_can_be_hidden(browser: Browser, read: World) -> None:
    await browser.sign_in(PATIENT)
    page = (await browser.open("/acessos?meus=0")).text
    assert "Você" not in names(page)
    assert len(names(page)) == 3


async def test_pages_follow_each_other_over_all_logs(browser: Browser, world: World) -> None:
    ana, doctor = world.people[PATIENT], world.people[DOCTOR]
    for number in range(50):
        service = ("accounts", "exams", "files")[number % 3]
        log = world.accesses.setdefault(service, [])
        log.append(
            access(ana, doctor, at(number), "exam.read", about={"exam_id": EXAM, "protocol": f"N{number}"})
        )
    await browser.sign_in(PATIENT)
    seen, path = [], "/acessos"
    while path:
        page = (await browser.open(path)).text
        seen += re.findall(r"protocolo N(\d+)", page)
        more = re.search(r'href="(/acessos\?cursor=[^"]+)"', page)
        path = more[1] if more else ""
    assert seen == [str(number) for number in reversed(range(50))]


async def test_the_number_of_requests_does_not_grow_with_the_list(browser: Browser, world: World) -> None:
    ana = world.people[PATIENT]
    world.accesses["exams"] = [
        access(ana, one, at(n), "exam.read") for n, one in enumerate(world.people.values())
    ]
    await browser.sign_in(PATIENT)
    world.calls.clear()
    await browser.open("/acessos")
    assert len(world.calls) == 5


async def test_nobody_has_looked_yet(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    assert "Nenhum acesso registrado" in (await browser.open("/acessos")).text


async def test_half_a_list_is_not_shown_for_a_whole_one(browser: Browser, read: World) -> None:
    await browser.sign_in(PATIENT)
    read.down.add("files")
    page = await browser.open("/acessos")
    assert page.status_code == 503
    assert "Dra. Beatriz Nogueira" not in page.text


async def test_it_is_the_patients_page(browser: Browser, read: World) -> None:
    await browser.sign_in(DOCTOR)
    assert (await browser.open("/acessos")).status_code == 403


async def test_who_was_let_in_is_not_called_staff(browser: Browser, read: World) -> None:
    ana, bruno = read.people[PATIENT], read.people[OTHER_PATIENT]
    read.accesses["exams"].append(access(ana, bruno, at(7), "exam.read", purpose="proxy"))
    await browser.sign_in(PATIENT)
    page = (await browser.open("/acessos")).text
    assert names(page)[0] == "Pessoa que pode ver seus exames"
    assert "Bruno" not in page

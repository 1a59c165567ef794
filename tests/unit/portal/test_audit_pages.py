"""The auditor's page: one list out of four logs, searched, paged, and as a file."""

import csv
import io
import re
from datetime import datetime, timedelta

import pytest

from services.portal.application import audit_trail
from services.portal.interface.http.audit_file import harmless
from services.shared.kernel.clock import FixedClock
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.audit import audited
from tests.unit.portal.fake.people import ADMINISTRATOR, AUDITOR, DOCTOR, PATIENT, TECHNICIAN
from tests.unit.portal.fake.state import World

PAGE = "/auditoria"
FORM = {"since": "2026-11-20", "until": "2026-11-20"}


def at(minute: int) -> str:
    return f"2026-11-20T12:{minute:02d}:00+00:00"


@pytest.fixture
def kept(world: World) -> World:
    doctor, technician, ana = (world.people[login] for login in (DOCTOR, TECHNICIAN, PATIENT))
    record = next(one["id"] for one in world.records.values() if one["person_id"] == ana.id)
    world.audit = {
        "accounts": [audited(doctor, at(1), "patient.read", patient_id=record, resource=f"patient/{record}")],
        "exams": [
            audited(doctor, at(2), "emergency.open", patient_id=record, purpose="emergency"),
            audited(technician, at(4), "exam.enter_results", patient_id=record),
        ],
        "files": [audited(ana, at(3), "file.link_issued", patient_id=record)],
        "notifications": [audited(None, at(5), "notification.list", purpose="operations")],
    }
    return world


def lines(page: str) -> list[str]:
    return re.findall(r"<li[^>]*>\s*<span class=\"row-main\">\s*<strong>([^<]*)</strong>", page)


async def search(browser: Browser, **typed: str) -> str:
    await browser.open(PAGE)
    return (await browser.send(PAGE, FORM | typed)).text


async def test_four_logs_are_one_list_with_emergencies_marked_and_no_patients_name(
    browser: Browser, kept: World
) -> None:
    await browser.sign_in(AUDITOR)
    page = await search(browser)
    assert lines(page) == [
        "Sistema", "Daniela Souto", "Paciente", "Dra. Beatriz Nogueira", "Dra. Beatriz Nogueira",
    ]  # fmt: skip
    assert page.count('<li class="marked">') == 1
    assert "Prontuário A-000123" in page or "A-000123" in page
    assert "Ana Lívia" not in page
    for words in ("Digitou resultados", "Abriu um acesso de emergência", "Baixou um laudo", "203.0.113.7"):
        assert words in page
    assert PAGE in browser.links()


async def test_emergencies_come_first_in_the_form_and_can_be_shown_alone(
    browser: Browser, kept: World
) -> None:
    await browser.sign_in(AUDITOR)
    page = (await browser.open(PAGE)).text
    assert page.index('name="emergencies"') < page.index('name="since"')
    page = await search(browser, emergencies="1")
    assert lines(page) == ["Dra. Beatriz Nogueira"]
    assert "checked" in page


async def test_it_is_narrowed_by_person_action_and_record_and_the_address_names_nobody(
    browser: Browser, kept: World
) -> None:
    await browser.sign_in(AUDITOR)
    assert lines(await search(browser, who="daniela")) == ["Daniela Souto"]
    assert "daniela" not in str(browser.page.url)
    assert lines(await search(browser, action="patient.read")) == ["Dra. Beatriz Nogueira"]
    assert len(lines(await search(browser, record_number="A-000123"))) == 4
    assert "A-000123" not in str(browser.page.url)


async def test_a_name_of_several_is_asked_about(browser: Browser, kept: World) -> None:
    await browser.sign_in(AUDITOR)
    page = await search(browser, who="a")
    assert browser.page.status_code == 422
    assert "Há mais de uma pessoa com este nome." in page
    chosen = kept.people[TECHNICIAN].id
    assert f'name="person" value="{chosen}"' in page
    assert lines(await search(browser, who="a", person=chosen)) == ["Daniela Souto"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"who": "ninguém"}, "Ninguém da equipe tem este nome."),
        ({"record_number": "999"}, "Não há prontuário com este número"),
        ({"since": "ontem"}, "Data inválida."),
        ({"since": "2026-11-21"}, "O fim não pode ser antes do começo"),
        ({"since": "2020-01-01"}, "O fim não pode ser antes do começo"),
        ({"since": "9999-12-31", "until": "9999-12-31"}, "O fim não pode ser antes do começo"),
    ],
    ids=["nobody", "no record", "no date", "turned round", "too long", "the last day"],
)
async def test_what_cannot_be_searched_says_why_and_asks_nobody(
    browser: Browser, kept: World, typed: dict[str, str], words: str
) -> None:
    await browser.sign_in(AUDITOR)
    await browser.open(PAGE)
    kept.audit_asked.clear()
    page = await browser.send(PAGE, FORM | typed)
    assert (page.status_code, words in page.text) == (422, True)
    assert kept.audit_asked == []


async def test_a_day_is_the_clinics_day_and_both_ends_are_in(browser: Browser, kept: World) -> None:
    await browser.sign_in(AUDITOR)
    await search(browser)
    asked = kept.audit_asked[-1]
    assert (asked["since"], asked["until"]) == ("2026-11-20T00:00:00-03:00", "2026-11-21T00:00:00-03:00")


async def test_pages_follow_each_other_over_all_logs_with_five_requests_each(
    browser: Browser, world: World
) -> None:
    doctor = world.people[DOCTOR]
    services = ("accounts", "exams", "files", "notifications")
    for number in range(59):
        world.audit.setdefault(services[number % 4], []).append(
            audited(doctor, at(number), "exam.read", resource=f"exam/N{number}")
        )
    await browser.sign_in(AUDITOR)
    page = await search(browser)
    seen = re.findall(r"exam/N(\d+)", page)
    while more := re.search(r'href="(/auditoria\?f=[0-9a-f]+&(?:amp;)?cursor=[^"]+)"', page):
        world.calls.clear()
        page = (await browser.open(more[1].replace("&amp;", "&"))).text
        assert len([call for call in world.calls if "/audit" in call.url]) == 5
        seen += re.findall(r"exam/N(\d+)", page)
    assert seen == [str(number) for number in reversed(range(59))]


async def test_one_look_of_an_auditor_is_one_line_and_in_the_file_every_row(
    browser: Browser, world: World
) -> None:
    auditor = world.people[AUDITOR]
    for number, service in enumerate(("accounts", "exams", "files", "notifications")):
        looks = [audited(auditor, at(number), "audit.list", trace_id=trace) for trace in ("one", "two")]
        world.audit[service] = [*looks, audited(auditor, at(number), "staff.verify", trace_id="one")]
    await browser.sign_in(AUDITOR)
    page = await search(browser)
    assert (page.count("<span>Consultou a auditoria"), page.count("<span>Conferiu")) == (2, 4)
    assert len(await download(browser)) == 12


async def test_half_a_list_is_not_shown_for_a_whole_one(browser: Browser, kept: World) -> None:
    await browser.sign_in(AUDITOR)
    kept.down.add("files")
    page = await browser.open(PAGE)
    assert page.status_code == 503
    assert "Daniela" not in page.text


async def download(browser: Browser, **typed: str) -> list[dict[str, str]]:
    await search(browser, **typed)
    [link] = [link for link in browser.links() if link.startswith(f"{PAGE}/arquivo")]
    answer = await browser.open(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="auditoria-2026-11-20-2026-11-20.csv"'
    )
    assert answer.headers["cache-control"] == "private, no-store"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def test_a_period_is_downloaded_whole_and_the_download_is_recorded_as_one(
    browser: Browser, kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "_ROWS_PER_ASKING", 2)
    await browser.sign_in(AUDITOR)
    rows = await download(browser)
    assert [row["código da ação"] for row in rows] == [
        "notification.list", "exam.enter_results", "file.link_issued", "emergency.open", "patient.read",
    ]  # fmt: skip
    assert [row["emergência"] for row in rows] == ["", "", "", "sim", ""]
    assert rows[1]["autor"] == "Daniela Souto"
    assert {row["prontuário"] for row in rows} == {"", "A-000123"}
    assert kept.audit_asked[-1]["export"] == "true"
    assert "export" not in kept.audit_asked[0]


async def test_no_cell_is_a_formula(browser: Browser, kept: World) -> None:
    doctor = kept.people[DOCTOR]
    doctor.name = '=HYPERLINK("http://evil.test";"x")'
    kept.audit["exams"].append(audited(doctor, at(6), "+cmd", resource="@SUM(1)"))
    await browser.sign_in(AUDITOR)
    row = (await download(browser))[0]
    assert row["autor"] == '\'=HYPERLINK("http://evil.test";"x")'
    assert (row["código da ação"], row["recurso"]) == ("'+cmd", "'@SUM(1)")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(first: str) -> None:
    assert harmless(f"{first}1+1") == f"'{first}1+1"
    assert harmless(f"x{first}1") == f"x{first}1"


async def test_a_period_with_too_much_gives_no_file_rather_than_a_part(
    browser: Browser, kept: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "MOST_ROWS_IN_A_FILE", 4)
    await browser.sign_in(AUDITOR)
    await search(browser)
    [link] = [link for link in browser.links() if link.startswith(f"{PAGE}/arquivo")]
    page = await browser.open(link)
    assert (page.status_code, "Nada foi baixado" in page.text) == (422, True)


async def test_it_is_the_auditors_page(browser: Browser, kept: World) -> None:
    for who in (ADMINISTRATOR, DOCTOR, PATIENT):
        browser.client.cookies.clear()
        await browser.sign_in(who)
        assert PAGE not in browser.links()
        for path in (PAGE, f"{PAGE}/arquivo"):
            assert (await browser.open(path)).status_code == 403


async def test_the_usual_period_is_the_last_seven_days(
    browser: Browser, kept: World, clock: FixedClock
) -> None:
    await browser.sign_in(AUDITOR)
    await browser.open(PAGE)
    asked = kept.audit_asked[-1]
    since, until = (datetime.fromisoformat(asked[name]) for name in ("since", "until"))
    assert since < clock.now() < until
    assert until - since == timedelta(days=7)

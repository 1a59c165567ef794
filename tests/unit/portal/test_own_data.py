"""A patient takes the own data along: confirmed, whole, and nobody else's."""

import io
import json
import zipfile
from typing import Any

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.blood_count import VALUES
from tests.unit.portal.fake.exams import fill, new_exam
from tests.unit.portal.fake.people import DOCTOR, PATIENT
from tests.unit.portal.fake.state import Json, World

HERE = "/privacidade/meus-dados"


def released(world: World, record_id: str) -> Json:
    order = {"patient_id": record_id, "code": "HEMO", "priority": "routine", "clinical_note": ""}
    exam = new_exam(world, world.people[DOCTOR], order)
    fill(exam, VALUES)
    exam["state"] = "released"
    exam["report"] = {"version": 1, "opened": True}
    return exam


def confirm(world: World) -> None:
    for token, (login, _) in list(world.tokens.items()):
        world.tokens[token] = (login, True)


async def test_without_a_fresh_confirmation_the_person_confirms_first(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    page = await browser.open(HERE)
    assert page.headers["location"] == f"/confirmar?next={HERE}"


async def test_the_package_holds_what_was_typed_digit_by_digit_and_nobody_elses(
    browser: Browser, world: World
) -> None:
    ana, bruno = list(world.records)
    mine, other = released(world, ana), released(world, bruno)
    await browser.sign_in(PATIENT)
    confirm(world)
    csrf = browser.hidden("/sair")
    page = await browser.client.post(HERE, data=csrf)
    assert page.headers["content-type"] == "application/zip"
    assert "no-store" in page.headers["cache-control"]
    archive = zipfile.ZipFile(io.BytesIO(page.content))
    content: dict[str, Any] = {
        name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")
    }
    [patient] = content["Patient.json"]
    assert (patient["resourceType"], patient["birthDate"], patient["gender"]) == (
        "Patient",
        "1988-03-02",
        "female",
    )
    assert {each["value"] for each in patient["identifier"]} >= {"12345678909", "A-000123"}
    report = content[f"DiagnosticReport/{mine['protocol']}.json"]
    typed = {each["code"]["text"]: each["valueString"] for each in report["contained"]}
    assert len(typed) == len(VALUES)
    assert set(typed.values()) == {value.replace(",", ".") for value in VALUES.values()}
    text = archive.read("leia-me.html").decode()
    assert mine["protocol"] in text
    assert f"DiagnosticReport/{other['protocol']}.json" not in content
    assert b"Bruno" not in b"".join(archive.read(name) for name in archive.namelist())


async def test_a_service_that_is_away_gives_a_page_and_not_half_a_package(
    browser: Browser, world: World
) -> None:
    released(world, next(iter(world.records)))
    await browser.sign_in(PATIENT)
    confirm(world)
    csrf = browser.hidden("/sair")
    world.down.add("notifications")
    page = await browser.client.post(HERE, data=csrf)
    assert page.status_code == 503
    assert "text/html" in page.headers["content-type"]

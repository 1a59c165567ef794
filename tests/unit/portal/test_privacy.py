"""No name, CPF, contact or value in an address, a cookie or a log line, along the whole job."""

import json
import re

import pytest

from services.shared.platform.logs import configure_logs
from tests.unit.portal.conftest import NewBrowser
from tests.unit.portal.fake.blood_count import VALUES
from tests.unit.portal.fake.people import CODE, DOCTOR, PASSWORD, PATIENT, RELEASER, TECHNICIAN
from tests.unit.portal.fake.state import World

SECRETS = (
    "lívia",
    "l%c3%advia",
    "teixeira",
    "52998224725",
    "529.982",
    "teste.test",
    "11,4",
    "cansaço",
    PASSWORD,
)


async def test_the_whole_job_leaves_no_personal_data_in_addresses_and_logs(
    new_browser: NewBrowser, world: World, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    configure_logs("portal")
    seen: list[str] = []
    doctor, technician, releaser, patient = (new_browser() for _ in range(4))
    for browser in (doctor, technician, releaser, patient):

        async def note(request: object) -> None:
            seen.append(str(getattr(request, "url", "")))

        browser.client.event_hooks["request"].append(note)

    await doctor.sign_in(DOCTOR)
    await doctor.send("/pacientes", {"q": "Lívia Teixeira"})
    await doctor.open("/pacientes")
    await doctor.send("/pacientes", {"q": "52998224725"})
    patient_id = next(iter(world.records))
    await doctor.open(f"/pacientes/{patient_id}/exames/novo")
    await doctor.send(f"/pacientes/{patient_id}/exames/novo", {"code": "HEMO", "clinical_note": "Cansaço"})
    exam_id = next(iter(world.exams))
    await technician.sign_in(TECHNICIAN)
    await technician.open("/exames")
    await technician.send("/exames", {"q": "Teixeira"})
    await technician.open(f"/exames/{exam_id}")
    collection = {"barcode": "AM-1", "collected_at": "2026-11-20T07:15"}
    collection |= {"patient_identified_by": ["name", "birth_date"]}  # type: ignore[dict-item]
    await technician.send(f"/exames/{exam_id}/coleta", collection)
    await technician.send(f"/exames/{exam_id}/analise")
    typed = {f"value.{code}": value for code, value in VALUES.items()}
    await technician.send(f"/exames/{exam_id}/valores", typed)
    await technician.send(f"/exames/{exam_id}/conclusao")
    await releaser.sign_in(RELEASER)
    await releaser.open(f"/exames/{exam_id}/liberacao")
    page = await releaser.send(f"/exames/{exam_id}/liberacao", {"code": CODE})
    assert 'data-settled="yes"' in page.text
    await patient.sign_in(PATIENT)
    page = await patient.open(f"/exames/{exam_id}")
    assert "11,4" in page.text

    addresses = " ".join([*seen, *(link for one in (doctor, patient) for link in one.links())]).lower()
    log = capfdbinary.readouterr().out.decode()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert len([line for line in lines if line["event"] == "request"]) > 25
    for secret in SECRETS:
        assert secret not in addresses
        assert secret not in log.lower()


async def test_one_trace_leads_from_the_page_to_the_service(new_browser: NewBrowser, world: World) -> None:
    browser = new_browser()
    await browser.sign_in(PATIENT)
    world.calls.clear()
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    await browser.open("/exames", traceparent=parent)
    assert world.calls
    for call in world.calls:
        assert re.fullmatch(
            r"00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01", call.headers["traceparent"]
        )

"""Releaser: review, release with a second factor, the steps after it, and sending back."""

import re
from datetime import timedelta

import pytest

from services.portal.application.progress import progress
from services.shared.kernel.clock import FixedClock
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.bench import add_file, open_report
from tests.unit.portal.fake.people import CODE, DOCTOR, RELEASER, TECHNICIAN
from tests.unit.portal.fake.state import Json, World


@pytest.fixture
def completed_exam(world: World, typed_exam: Json) -> Json:
    report = {"version": 1, "status": "preliminary", "released_at": None, "releaser": None}
    typed_exam |= {"state": "completed", "report": report | {"file_id": None, "opened": False}}
    typed_exam["events"].append(
        {
            "type_pt": "Valores digitados",
            "type_en": "Values entered",
            "at": None,
            "actor_name": "Daniela Souto",
        }
    )
    add_file(world, typed_exam, "draft_report", "ready")
    return typed_exam


async def test_a_releaser_first_sees_what_waits_for_review(browser: Browser, exam: Json) -> None:
    page = await browser.sign_in(RELEASER)
    assert exam["protocol"] not in page.text
    exam["state"] = "completed"
    assert exam["protocol"] in (await browser.open("/exames")).text


async def test_the_review_shows_values_flags_who_typed_and_the_draft(
    browser: Browser, completed_exam: Json
) -> None:
    await browser.sign_in(RELEASER)
    page = await browser.open(f"/exames/{completed_exam['id']}")
    assert "11,4" in page.text
    assert "Abaixo da faixa" in page.text
    assert "Daniela Souto" in page.text
    assert "Ver rascunho (PDF)" in page.text
    release = f"/exames/{completed_exam['id']}/liberacao?version={completed_exam['version']}"
    assert release in browser.links()


async def test_release_needs_the_code_and_then_shows_the_steps(
    browser: Browser, completed_exam: Json, world: World
) -> None:
    action = f"/exames/{completed_exam['id']}/liberacao"
    await browser.sign_in(RELEASER)
    await browser.open(action)
    page = await browser.send(action, {"code": "000000"})
    assert page.status_code == 422
    assert "Código incorreto." in page.text
    assert completed_exam["state"] == "completed"
    page = await browser.send(action, {"code": "123 456"})
    assert completed_exam["state"] == "released"
    assert page.url.path == f"/exames/{completed_exam['id']}/andamento"
    assert "Laudo conferido e assinado" in page.text
    assert 'data-settled="yes"' in page.text


async def test_the_second_factor_holds_for_five_minutes(
    browser: Browser, completed_exam: Json, clock: FixedClock
) -> None:
    action = f"/exames/{completed_exam['id']}/liberacao"
    await browser.sign_in(RELEASER)
    await browser.open(action)
    await browser.send(action, {"code": CODE})
    completed_exam["state"] = "completed"
    page = await browser.open(action)
    assert 'name="code"' not in page.text
    assert "confirmou sua identidade" in page.text
    clock.advance(timedelta(seconds=295))
    assert 'name="code"' in (await browser.open(action)).text


async def test_the_version_that_was_reviewed_is_the_one_released(
    browser: Browser, completed_exam: Json
) -> None:
    action = f"/exames/{completed_exam['id']}/liberacao"
    await browser.sign_in(RELEASER)
    await browser.open(action)
    completed_exam["version"] += 1
    page = await browser.send(action, {"code": CODE})
    assert page.status_code == 409
    assert completed_exam["state"] == "completed"


async def test_neither_a_wrong_code_nor_the_next_page_moves_on_to_values_nobody_reviewed(
    browser: Browser, completed_exam: Json
) -> None:
    action = f"/exames/{completed_exam['id']}/liberacao"
    reviewed = completed_exam["version"]
    await browser.sign_in(RELEASER)
    completed_exam["version"] += 3  # sent back, typed anew and completed while the review was open
    page = await browser.open(f"{action}?version={reviewed}")
    assert f'name="version" value="{reviewed}"' in page.text
    page = await browser.send(action, {"code": "000000"})
    assert f'name="version" value="{reviewed}"' in page.text
    assert (await browser.send(action, {"code": CODE})).status_code == 409
    assert completed_exam["state"] == "completed"


async def test_whoever_typed_is_not_offered_the_release(
    browser: Browser, completed_exam: Json, world: World
) -> None:
    completed_exam["typed_by"] = world.people[RELEASER].id
    await browser.sign_in(RELEASER)
    await browser.open(f"/exames/{completed_exam['id']}")
    assert "/liberacao" not in browser.page.text


async def test_a_technician_cannot_release(browser: Browser, completed_exam: Json) -> None:
    await browser.sign_in(TECHNICIAN)
    assert (await browser.open(f"/exames/{completed_exam['id']}/liberacao")).status_code == 403


async def test_sending_back_needs_a_reason(browser: Browser, completed_exam: Json) -> None:
    action = f"/exames/{completed_exam['id']}/devolucao"
    await browser.sign_in(RELEASER)
    await browser.open(f"/exames/{completed_exam['id']}")
    page = await browser.send(action, {"reason": " "})
    assert page.status_code == 422
    assert "Informe o motivo." in page.text
    page = await browser.send(action, {"reason": "Conferir plaquetas."})
    assert "Exame devolvido para análise." in page.text
    assert completed_exam["state"] == "in_analysis"


async def test_the_steps_are_watched_until_the_report_is_open(
    browser: Browser, completed_exam: Json, world: World
) -> None:
    world.pdf_is_ready = False
    action = f"/exames/{completed_exam['id']}/liberacao"
    await browser.sign_in(RELEASER)
    await browser.open(action)
    page = await browser.send(action, {"code": CODE})
    watched = re.search(r'hx-get="([^"]+passos[^"]+)"', page.text)
    assert watched is not None
    address = watched[1].replace("&amp;", "&")
    assert 'data-settled="no"' in (await browser.open(address)).text
    open_report(world, completed_exam)
    world.calls.clear()
    part = await browser.open(address)
    assert 'data-settled="yes"' in part.text
    assert "hx-get" not in part.text
    assert [call.url for call in world.calls if "/api/v1/exams" in call.url] == []


async def test_the_ordering_doctor_reads_the_signed_result(
    browser: Browser, completed_exam: Json, world: World
) -> None:
    await browser.sign_in(DOCTOR)
    page = await browser.open(f"/exames/{completed_exam['id']}")
    assert "11,4" not in page.text
    completed_exam["state"] = "released"
    open_report(world, completed_exam)
    page = await browser.open(f"/exames/{completed_exam['id']}")
    assert "11,4" in page.text
    assert "Baixar laudo (PDF)" in page.text


def test_the_patient_is_told_when_one_message_went_out() -> None:
    signed = {"kind": "signed_report", "report_version": 1, "status": "opened", "created_at": "2026-01-01"}
    ready = {"template": "ready", "sent_at": "2026-01-02T00:00:00Z"}
    other = {"template": "completed", "state": "sent", "sent_at": "2026-01-01T00:00:00Z"}
    done = progress([signed], [ready | {"state": "failed"}, ready | {"state": "sent"}], 1)
    assert [step.is_done for step in done.steps] == [True, True, True, True]
    waiting = progress([signed], [other], 1)
    assert [step.is_done for step in waiting.steps] == [True, True, True, False]
    assert not waiting.is_settled
    failed = progress([signed], [ready | {"state": "failed"}, ready | {"state": "suppressed"}], 1)
    assert failed.steps[-1].is_failed
    assert failed.is_settled


def test_another_versions_file_does_not_count() -> None:
    old = {"kind": "signed_report", "report_version": 1, "status": "replaced", "created_at": "2026-01-01"}
    assert [step.is_done for step in progress([old], None, 2).steps] == [True, False, False]

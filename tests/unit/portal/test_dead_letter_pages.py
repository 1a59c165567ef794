"""Administrator: the messages that a service could not apply, sent back one by one or all, or discarded."""

from typing import Any

import pytest

from services.portal.interface.http.texts import text
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.dead_letters import letter
from tests.unit.portal.fake.people import (
    ADMINISTRATOR,
    AUDITOR,
    DOCTOR,
    PATIENT,
    RECEPTIONIST,
    RELEASER,
    TECHNICIAN,
)
from tests.unit.portal.fake.state import Json, World

LIST = "/mensagens-com-falha"


def address(one: Json, service: str = "files") -> str:
    return f"{LIST}/{service}/{one['queue']}/{one['id']}"


async def test_an_administrator_is_led_there_and_told_when_there_is_nothing(browser: Browser) -> None:
    await browser.sign_in(ADMINISTRATOR)
    assert LIST in browser.links()
    page = await browser.open(LIST)
    assert "Nenhuma mensagem com falha." in page.text
    assert f"{LIST}/reenvio" not in browser.links()


async def test_the_three_services_letters_are_one_list_newest_first(browser: Browser, world: World) -> None:
    older = letter(world, "files", died_at="2026-01-01T10:00:00Z")
    newer = letter(
        world,
        "notifications",
        queue="notification-exams",
        type="exam.result.ready",
        died_at="2026-01-02T10:00:00Z",
    )
    await browser.sign_in(ADMINISTRATOR)
    page = await browser.open(LIST)
    listed = [
        link for link in browser.links() if link.startswith(f"{LIST}/") and not link.endswith("reenvio")
    ]
    assert listed == [address(newer, "notifications"), address(older)]
    for shown in (
        "Exame concluído", "Resultado disponível", "O serviço falhou ao aplicar", "falhas: 3", "02/01/2026 às 07:00",
        older["queue"], older["event_id"], older["trace_id"],
    ):  # fmt: skip
        assert shown in page.text


async def test_a_service_that_does_not_answer_is_said_and_hides_no_other(
    browser: Browser, world: World
) -> None:
    shown = letter(world, "files")
    await browser.sign_in(ADMINISTRATOR)
    world.down.add("notifications")
    page = await browser.open(LIST)
    assert page.status_code == 200
    assert "Avisos: o serviço não respondeu." in page.text
    assert shown["event_id"] in page.text
    world.letters["files"].clear()
    page = await browser.open(LIST)
    assert "Nenhuma mensagem com falha." not in page.text  # nobody knows
    assert "no que pôde ser consultado" in page.text


async def test_a_look_that_may_have_missed_some_says_so(browser: Browser, world: World) -> None:
    world.letters_in_use = True
    await browser.sign_in(ADMINISTRATOR)
    assert "A lista pode estar incompleta" in (await browser.open(LIST)).text


@pytest.mark.parametrize("reason", ["malformed", "foreign_type", "timed_out", "failed", "not_settled"])
async def test_one_letter_says_why_and_what_to_do(browser: Browser, world: World, reason: str) -> None:
    one = letter(world, "files", reason=reason)
    await browser.sign_in(ADMINISTRATOR)
    page = await browser.open(address(one))
    assert one["subject"] in page.text
    assert "KeyError" in page.text
    assert "O conteúdo da mensagem nunca é mostrado." in page.text
    assert text("pt-BR", f"dead_reason_text.{reason}") in page.text


async def test_a_letter_without_a_clinic_shows_only_that_it_is_there(browser: Browser, world: World) -> None:
    one = letter(world, "files", clinic_id=None, reason="malformed")
    await browser.sign_in(ADMINISTRATOR)
    page = await browser.open(LIST)
    assert "Mensagem ilegível" in page.text
    assert f"{LIST}/reenvio" not in browser.links()
    page = await browser.open(address(one))
    assert "Não se lê de que clínica é" in page.text
    await browser.send(f"{address(one)}/reenvio")
    assert world.letters["files"] == []


async def test_one_is_sent_again(browser: Browser, world: World) -> None:
    one, other = letter(world, "files"), letter(world, "files")
    await browser.sign_in(ADMINISTRATOR)
    await browser.open(address(one))
    page = await browser.send(f"{address(one)}/reenvio")
    assert "Mensagem reenviada." in page.text
    assert world.letters["files"] == [other]


async def test_sending_all_is_confirmed_first_and_its_outcome_is_told(browser: Browser, world: World) -> None:
    letter(world, "files")
    letter(world, "exams", queue="exam-results-files", type="file.processed")
    stays = letter(world, "files", clinic_id=None)
    await browser.sign_in(ADMINISTRATOR)
    await browser.open(LIST)
    assert f"{LIST}/reenvio" in browser.links()
    page = await browser.open(f"{LIST}/reenvio")
    assert "voltam às filas: 2." in page.text
    assert sum(map(len, world.letters.values())) == 3  # asking moved nothing
    world.down.add("notifications")
    page = await browser.send(f"{LIST}/reenvio")
    assert "Reenvio concluído." in page.text
    assert page.text.count("reenviadas: 1") == 2
    assert "Avisos: o serviço não respondeu." in page.text
    assert [one for letters in world.letters.values() for one in letters] == [stays]


async def test_discarding_needs_a_second_look(browser: Browser, world: World) -> None:
    one = letter(world, "files")
    await browser.sign_in(ADMINISTRATOR)
    await browser.open(address(one))
    assert f"{address(one)}/descarte" in browser.links()
    page = await browser.open(f"{address(one)}/descarte")
    assert "Não há volta" in page.text
    assert world.letters["files"] == [one]
    page = await browser.send(f"{address(one)}/descarte")
    assert "Mensagem descartada." in page.text
    assert world.letters["files"] == []


@pytest.mark.parametrize("action", ["reenvio", "descarte"])
async def test_a_letter_that_is_gone_meanwhile_is_told_on_the_list(
    browser: Browser, world: World, action: str
) -> None:
    one, other = letter(world, "files"), letter(world, "files")
    await browser.sign_in(ADMINISTRATOR)
    await browser.open(f"{address(one)}{'/descarte' if action == 'descarte' else ''}")
    world.letters["files"].remove(one)
    page = await browser.send(f"{address(one)}/{action}")
    assert page.status_code == 404
    assert "Esta mensagem já saiu da lista" in page.text
    assert other["event_id"] in page.text
    world.letters_in_use = True
    page = await browser.open(address(one))
    assert page.status_code == 409
    assert "sendo consultada por outra pessoa" in page.text


@pytest.mark.parametrize("login", [AUDITOR, DOCTOR, RECEPTIONIST, TECHNICIAN, RELEASER, PATIENT])
async def test_nobody_else_gets_there(browser: Browser, world: World, login: str) -> None:
    one = letter(world, "files")
    await browser.sign_in(login)
    assert LIST not in browser.links()
    calls = len(world.calls)
    for path in (LIST, f"{LIST}/reenvio", address(one), f"{address(one)}/descarte"):
        assert (await browser.open(path)).status_code == 403
    assert len(world.calls) == calls


async def test_the_pages_speak_english(browser: Browser, world: World) -> None:
    one = letter(world, "files")
    await browser.sign_in(ADMINISTRATOR)
    browser.client.cookies.set("laudo_lang", "en")
    page = await browser.open(LIST)
    assert "Failed messages" in page.text
    assert "Exam completed" in page.text
    assert "Mensage" not in page.text
    assert "Discard for good" in (await browser.open(f"{address(one)}/descarte")).text


@pytest.mark.parametrize("path", ["files/x%2F..%2Fy/", "accounts/file-management-exams/", "files/UPPER/"])
async def test_an_address_that_names_no_queue_is_not_found(browser: Browser, world: World, path: str) -> None:
    one: dict[str, Any] = letter(world, "files")
    await browser.sign_in(ADMINISTRATOR)
    calls = len(world.calls)
    assert (await browser.open(f"{LIST}/{path}{one['id']}")).status_code == 404
    assert len(world.calls) == calls

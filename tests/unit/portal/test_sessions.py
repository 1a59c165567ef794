"""Tokens are kept sealed, renewed once at a time, and forgotten when they end."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI

from services.portal.application.problems import ApiProblem
from services.portal.infrastructure.sessions.in_memory import InMemorySealedStore
from services.portal.infrastructure.sessions.sealing import Seal, derive_key
from services.portal.interface.http.csrf import CsrfTokens
from services.shared.kernel.clock import FixedClock
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import PATIENT, RELEASER
from tests.unit.portal.fake.state import World


async def test_the_access_token_is_renewed_before_it_ends(
    browser: Browser, world: World, clock: FixedClock
) -> None:
    await browser.sign_in(PATIENT)
    clock.advance(timedelta(seconds=500))
    assert (await browser.open("/exames")).status_code == 200
    assert world.refreshes == 0
    clock.advance(timedelta(seconds=60))
    assert (await browser.open("/exames")).status_code == 200
    assert world.refreshes == 1


async def test_many_requests_at_once_renew_the_token_once(
    browser: Browser, world: World, clock: FixedClock
) -> None:
    await browser.sign_in(PATIENT)
    clock.advance(timedelta(seconds=590))
    pages = await asyncio.gather(*(browser.client.get("/exames") for _ in range(12)))
    assert {page.status_code for page in pages} == {200}
    assert world.refreshes == 1


async def test_a_refused_renewal_means_signing_in_again(
    browser: Browser, world: World, clock: FixedClock
) -> None:
    await browser.sign_in(PATIENT)
    world.refresh_tokens.clear()
    clock.advance(timedelta(seconds=590))
    assert (await browser.open("/exames")).headers["location"] == "/entrar?next=/exames"


async def test_a_short_outage_of_accounts_does_not_sign_people_out(
    browser: Browser, world: World, clock: FixedClock
) -> None:
    await browser.sign_in(PATIENT)
    world.down.add("accounts")
    clock.advance(timedelta(seconds=590))
    assert (await browser.open("/exames")).status_code == 200
    clock.advance(timedelta(seconds=30))
    assert (await browser.open("/exames")).status_code == 503


async def test_a_token_revoked_elsewhere_means_signing_in_again(browser: Browser, world: World) -> None:
    await browser.sign_in(PATIENT)
    world.tokens.clear()
    assert (await browser.open("/exames")).headers["location"] == "/entrar?next=/exames"
    assert (await browser.open("/entrar")).status_code == 200


async def test_a_lost_store_means_signing_in_again(browser: Browser, portal_app: FastAPI) -> None:
    await browser.sign_in(PATIENT)
    portal_app.state.portal.store._kept.clear()
    assert (await browser.open("/exames")).status_code == 303


async def test_an_idle_session_ends(browser: Browser, clock: FixedClock) -> None:
    await browser.sign_in(PATIENT)
    clock.advance(timedelta(seconds=3601))
    assert (await browser.open("/exames")).status_code == 303


async def test_what_is_stored_holds_no_token_in_the_clear(
    browser: Browser, portal_app: FastAPI, world: World
) -> None:
    await browser.sign_in(RELEASER)
    stored = b"".join(value for _, value in portal_app.state.portal.store._kept.values())
    assert len(stored) > 100
    for secret in (*world.tokens, *world.refresh_tokens, "Caio"):
        assert secret.encode() not in stored


async def test_a_store_that_does_not_answer_is_a_page_not_a_bug(
    browser: Browser, portal_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    await browser.sign_in(PATIENT)

    async def refuse(*_: object) -> None:
        raise ApiProblem(503, "portal.unreachable")

    monkeypatch.setattr(portal_app.state.portal.store, "get", refuse)
    page = await browser.open("/exames")
    assert page.status_code == 503
    assert "instabilidade" in page.text


def test_what_another_key_sealed_cannot_be_read() -> None:
    sealed = Seal(derive_key("one key", "sessions")).close({"a": 1}, "place")
    assert Seal(derive_key("one key", "sessions")).open(sealed, "place") == {"a": 1}
    assert Seal(derive_key("another", "sessions")).open(sealed, "place") is None
    assert Seal(derive_key("one key", "csrf")).open(sealed, "place") is None


def test_what_was_sealed_for_one_place_cannot_be_read_in_another() -> None:
    seal = Seal(derive_key("one key", "sessions"))
    assert seal.open(seal.close({"a": 1}, "session:ana"), "session:bruno") is None
    assert seal.open(b"", "place") is None


def test_a_form_token_belongs_to_one_visitor() -> None:
    tokens = CsrfTokens(b"k" * 32)
    assert tokens.accepts("visitor", tokens.of("visitor"))
    assert not tokens.accepts("visitor", tokens.of("other"))
    assert not tokens.accepts(None, tokens.of("visitor"))
    assert not tokens.accepts("visitor", "")


async def test_sealed_slots_are_apart_by_owner(clock: FixedClock) -> None:
    store = InMemorySealedStore(Seal(derive_key("one key", "sessions")), clock)
    await store.put("ana", "session", {"a": 1}, 60)
    assert await store.get("bruno", "session") is None

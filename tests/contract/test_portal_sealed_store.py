"""Sealed slots: in memory and in Valkey, the same cases."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from services.portal.application.ports import SealedStore
from services.portal.application.problems import ApiProblem
from services.portal.infrastructure.sessions.in_memory import InMemorySealedStore
from services.portal.infrastructure.sessions.sealing import Seal, derive_key
from services.portal.infrastructure.sessions.valkey import ValkeySealedStore
from services.shared.kernel.clock import SystemClock
from services.shared.platform.messaging.wakeup import valkey_client

KEY = derive_key("a key of the contract tests", "sessions")


@pytest.fixture(params=["in_memory", "valkey"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[SealedStore]:
    if request.param == "in_memory":
        yield InMemorySealedStore(Seal(KEY), SystemClock())
        return
    request.getfixturevalue("clean_valkey")
    client = valkey_client(request.getfixturevalue("valkey_url_of")("portal"))
    yield ValkeySealedStore(client, Seal(KEY))
    await client.aclose()


@pytest.fixture
def owner() -> str:
    return secrets.token_urlsafe(32)


async def test_what_was_put_is_found(store: SealedStore, owner: str) -> None:
    await store.put(owner, "session", {"token": "á", "n": 1, "none": None}, 60)
    assert await store.get(owner, "session") == {"token": "á", "n": 1, "none": None}


async def test_nothing_is_found_where_nothing_was_put(store: SealedStore, owner: str) -> None:
    assert await store.get(owner, "session") is None


async def test_a_later_put_replaces(store: SealedStore, owner: str) -> None:
    await store.put(owner, "session", {"n": 1}, 60)
    await store.put(owner, "session", {"n": 2}, 60)
    assert await store.get(owner, "session") == {"n": 2}


async def test_owners_and_slots_are_apart(store: SealedStore, owner: str) -> None:
    await store.put(owner, "session", {"n": 1}, 60)
    assert await store.get(owner, "pending") is None
    assert await store.get(owner + "x", "session") is None


async def test_deleted_slots_are_gone_and_others_stay(store: SealedStore, owner: str) -> None:
    for slot in ("session", "pending", "search"):
        await store.put(owner, slot, {"n": 1}, 60)
    await store.delete(owner, "session", "pending", "never put")
    found = [await store.get(owner, slot) for slot in ("session", "pending", "search")]
    assert found == [None, None, {"n": 1}]


async def test_a_slot_ends_with_its_time(store: SealedStore, owner: str) -> None:
    await store.put(owner, "session", {"n": 1}, 1)
    await asyncio.sleep(1.2)
    assert await store.get(owner, "session") is None


async def test_a_claim_is_given_to_one(store: SealedStore, owner: str) -> None:
    given = await asyncio.gather(*(store.claim(owner, "refresh", 60) for _ in range(10)))
    assert sorted(given) == [False] * 9 + [True]


async def test_a_released_claim_is_given_again(store: SealedStore, owner: str) -> None:
    assert await store.claim(owner, "refresh", 60)
    await store.release(owner, "refresh")
    assert await store.claim(owner, "refresh", 60)


async def test_a_forgotten_claim_ends(store: SealedStore, owner: str) -> None:
    assert await store.claim(owner, "refresh", 1)
    await asyncio.sleep(1.2)
    assert await store.claim(owner, "refresh", 60)


async def test_valkey_holds_neither_the_id_nor_the_tokens(clean_valkey: str, owner: str) -> None:
    client = valkey_client(clean_valkey)
    await ValkeySealedStore(client, Seal(KEY)).put(owner, "session", {"token": "very secret"}, 60)
    keys = await client.keys("portal:*")
    stored = repr([(key, await client.get(key)) for key in keys])
    await client.aclose()
    assert len(keys) == 1
    assert owner not in stored
    assert "very secret" not in stored


async def test_what_another_key_sealed_reads_as_nothing(clean_valkey: str, owner: str) -> None:
    client = valkey_client(clean_valkey)
    await ValkeySealedStore(client, Seal(KEY)).put(owner, "session", {"n": 1}, 60)
    rotated = ValkeySealedStore(client, Seal(derive_key("a new key", "sessions")))
    assert await rotated.get(owner, "session") is None
    await client.aclose()


async def test_a_store_that_is_away_is_unavailable(owner: str) -> None:
    client = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    store = ValkeySealedStore(client, Seal(KEY))
    for call in (store.get(owner, "s"), store.put(owner, "s", {}, 1), store.claim(owner, "s", 1)):
        with pytest.raises(ApiProblem) as raised:
            await call
        assert raised.value.status == 503

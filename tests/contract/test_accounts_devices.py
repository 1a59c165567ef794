"""The security devices of accounts: in memory and real, the same cases."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.ports import PasswordHasher
from services.accounts.domain.signing_schedule import KeyChange, KeyTimes, announced, replaced_at_once
from services.accounts.infrastructure.in_memory.security import InMemoryKeyCustody, QuickPasswordHasher
from services.accounts.infrastructure.in_memory.signing_keys import InMemorySigningKeys
from services.accounts.infrastructure.keys.custody import KeyCustody, KmsKeyCustody
from services.accounts.infrastructure.keys.vault import AesGcmVault
from services.accounts.infrastructure.persistence.key_store import load_vault
from services.accounts.infrastructure.persistence.signing_keys import PostgresSigningKeys
from services.accounts.infrastructure.security.password_hashing import Argon2PasswordHasher
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.platform.postgres.database import Database, connect_database
from tests.integration.accounts.postgres import migrated

OWNER = new_id()


@pytest.fixture(params=["in memory", "kms"])
def custody(request: pytest.FixtureRequest) -> KeyCustody:
    if request.param == "in memory":
        return InMemoryKeyCustody()
    return KmsKeyCustody(request.getfixturevalue("aws").client("accounts", "kms"))


@pytest.fixture(params=["quick", "argon2id"])
def hasher(request: pytest.FixtureRequest) -> PasswordHasher:
    return QuickPasswordHasher() if request.param == "quick" else Argon2PasswordHasher()


@pytest.fixture
def key_database(request: pytest.FixtureRequest) -> DatabaseUrls:
    return migrated(request.getfixturevalue("new_database"))


@pytest.fixture
async def database(key_database: DatabaseUrls) -> AsyncIterator[Database]:
    database = await connect_database(key_database.app, size=4)
    yield database
    await database.close()


def test_a_data_key_opens_again_and_only_for_its_purpose(custody: KeyCustody) -> None:
    plain, wrapped = custody.new_data_key("identity")
    assert len(plain) == 32
    assert plain not in wrapped
    assert custody.unwrap(wrapped, "identity") == plain
    assert custody.new_data_key("identity")[0] != plain
    with pytest.raises((ClientError, InvalidTag)):
        custody.unwrap(wrapped, "lookup")


def test_a_secret_is_wrapped_and_unwrapped(custody: KeyCustody) -> None:
    wrapped = custody.wrap(b"a private key", "token-signing")
    assert b"private" not in wrapped
    assert custody.unwrap(wrapped, "token-signing") == b"a private key"


def a_vault(custody: KeyCustody) -> AesGcmVault:
    key_id = new_id()
    return AesGcmVault(
        {key_id: custody.new_data_key("identity")[0]}, key_id, custody.new_data_key("lookup")[0]
    )


def test_the_vault_opens_what_it_sealed_for_that_owner_and_purpose_alone(custody: KeyCustody) -> None:
    vault = a_vault(custody)
    sealed = vault.seal("52998224725", purpose="cpf", owner=OWNER)
    assert vault.open(sealed, purpose="cpf", owner=OWNER) == "52998224725"
    assert vault.seal("52998224725", purpose="cpf", owner=OWNER) != sealed
    assert b"529" not in sealed
    for purpose, owner in (("cns", OWNER), ("cpf", new_id())):
        with pytest.raises(ValueError, match="altered"):
            vault.open(sealed, purpose=purpose, owner=owner)
    for position in range(29, len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(ValueError, match="altered"):
            vault.open(bytes(altered), purpose="cpf", owner=OWNER)
    for foreign in (
        b"",
        sealed[:20],
        b"\x02" + sealed[1:],
        a_vault(custody).seal("x", purpose="cpf", owner=OWNER),
    ):
        with pytest.raises(ValueError, match="sealed"):
            vault.open(foreign, purpose="cpf", owner=OWNER)


def test_lookups_are_stable_keyed_and_of_one_purpose(custody: KeyCustody) -> None:
    vault = a_vault(custody)
    assert vault.lookup("52998224725", purpose="cpf") == vault.lookup("52998224725", purpose="cpf")
    assert vault.lookup("52998224725", purpose="cpf") != vault.lookup("52998224725", purpose="login/cpf")
    assert vault.lookup("52998224725", purpose="cpf") != a_vault(custody).lookup("52998224725", purpose="cpf")


async def test_keys_are_made_once_by_whoever_starts_first(custody: KeyCustody, database: Database) -> None:
    first, second = await asyncio.gather(load_vault(database, custody), load_vault(database, custody))
    sealed = first.seal("x", purpose="p", owner=OWNER)
    assert second.open(sealed, purpose="p", owner=OWNER) == "x"
    assert second.lookup("x", purpose="p") == first.lookup("x", purpose="p")
    made, loaded = await asyncio.gather(
        PostgresSigningKeys(database, custody).load(), PostgresSigningKeys(database, custody).load()
    )
    assert len(made) == 1
    assert made[0].key.as_dict(private=True) == loaded[0].key.as_dict(private=True)


async def test_the_right_password_alone_is_verified(hasher: PasswordHasher) -> None:
    stored = await hasher.hash("três palavras")
    assert "palavras" not in stored
    assert await hasher.verify("três palavras", stored)
    assert not await hasher.verify("tres palavras", stored)
    assert not await hasher.verify("três palavras", None)
    assert not await hasher.verify("", None)
    assert await hasher.hash("três palavras") != stored


async def test_argon2id_has_the_parameters_of_owasp() -> None:
    assert (await Argon2PasswordHasher().hash("x")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_verifying_nobodys_password_does_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Known or not, right or wrong: one hash with the same parameters, counted and not timed."""
    hasher, done = Argon2PasswordHasher(), list[str]()
    stored = await hasher.hash("três palavras")
    verify = hasher._argon2.verify

    def counted(known: str, password: str) -> bool:
        done.append(known.rpartition("$")[0].rpartition("$")[0])  # the parameters, without salt and hash
        return verify(known, password)

    monkeypatch.setattr(hasher, "_argon2", SimpleNamespace(verify=counted))
    answers = [
        await hasher.verify(password, known)
        for password, known in (("três palavras", stored), ("wrong", stored), ("wrong", None), ("", None))
    ]
    assert answers == [True, False, False, False]
    assert done == ["$argon2id$v=19$m=19456,t=2,p=1"] * 4


async def test_when_too_many_wait_the_next_are_turned_away() -> None:
    hasher = Argon2PasswordHasher()
    hasher._waiting = 64
    with pytest.raises(LaudoError, match="unavailable"):
        await hasher.verify("x", None)


def test_what_an_own_key_sealed_opens_with_that_key_alone(custody: KeyCustody) -> None:
    vault = a_vault(custody)
    key, other = vault.new_key(OWNER), vault.new_key(OWNER)
    sealed = vault.seal("52998224725", purpose="cpf", owner=OWNER, key=key)
    assert vault.open(sealed, purpose="cpf", owner=OWNER, key=key) == "52998224725"
    assert vault.needs_own_key(sealed)
    assert not vault.needs_own_key(key)
    stranger = new_id()
    for wrong, owner in ((None, OWNER), (other, OWNER), (key, stranger), (vault.new_key(stranger), stranger)):
        with pytest.raises(ValueError, match=r"own|altered|gone|unknown"):
            vault.open(sealed, purpose="cpf", owner=owner, key=wrong)


@pytest.fixture(params=["in memory", "postgresql"])
def signing_keys(request: pytest.FixtureRequest) -> InMemorySigningKeys | PostgresSigningKeys:
    if request.param == "in memory":
        return InMemorySigningKeys()
    return PostgresSigningKeys(request.getfixturevalue("database"), InMemoryKeyCustody())


async def test_signing_keys_are_made_kept_and_retired(
    signing_keys: InMemorySigningKeys | PostgresSigningKeys,
) -> None:
    [first] = await signing_keys.load()
    later = first.signs_from + timedelta(hours=1)
    told: list[KeyTimes] = []

    def add(keys: Sequence[KeyTimes]) -> KeyChange:
        told.extend(keys)
        return KeyChange(new_from=later)

    assert await signing_keys.change(add) == KeyChange(later)
    assert told == [first.times]
    both = sorted(await signing_keys.load(), key=lambda each: each.signs_from)
    assert [each.times for each in both] == [first.times, both[1].times]
    assert both[1].signs_from == later
    assert both[0].key.as_dict(private=True) == first.key.as_dict(private=True)
    await signing_keys.change(lambda keys: KeyChange(retired=frozenset({first.times.kid})))
    assert [each.times for each in await signing_keys.load()] == [both[1].times]


async def test_a_decision_that_fails_changes_nothing(
    signing_keys: InMemorySigningKeys | PostgresSigningKeys,
) -> None:
    before = [each.times for each in await signing_keys.load()]

    def fail(_: Sequence[KeyTimes]) -> KeyChange:
        raise RuntimeError("undecided")

    with pytest.raises(RuntimeError):
        await signing_keys.change(fail)
    assert [each.times for each in await signing_keys.load()] == before


async def test_two_who_rotate_at_once_make_one_key(
    signing_keys: InMemorySigningKeys | PostgresSigningKeys,
) -> None:
    [first] = await signing_keys.load()
    now = first.signs_from + timedelta(days=1)
    await asyncio.gather(*(signing_keys.change(lambda keys: announced(keys, now)) for _ in range(3)))
    assert len(await signing_keys.load()) == 2


async def test_a_retired_keys_private_half_is_gone(database: Database) -> None:
    keys = PostgresSigningKeys(database, InMemoryKeyCustody())
    [first] = await keys.load()
    await keys.change(lambda known: replaced_at_once(known, first.signs_from))
    async with database.statements() as session:
        wrapped = await session.value("SELECT wrapped FROM signing_keys WHERE kid = $1", first.times.kid)
    assert wrapped == b""

"""Copying staff to another provider of sign-ins: in memory, and Cognito of the AWS emulator with PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg
import httpx
import pytest
from botocore.exceptions import ClientError

from infra.local.provision.databases import DatabaseUrls
from services.accounts.application.commands.copy_staff import CopyStaff
from services.accounts.application.identity_provider import (
    IdentityProvider,
    ProvidedUser,
    StaffCopies,
    StaffCopy,
)
from services.accounts.application.ports import Transactions
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.membership import Membership
from services.accounts.infrastructure.identity_provider.cognito import CognitoIdentityProvider
from services.accounts.infrastructure.in_memory.identity_provider import (
    InMemoryIdentityProvider,
    InMemoryStaffCopies,
)
from services.accounts.infrastructure.in_memory.transactions import InMemoryTransactions
from services.accounts.infrastructure.persistence.staff_copies import PostgresStaffCopies
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.auth import JwksTokenVerifier
from services.shared.platform.issuers.other_issuer import OtherIssuer
from tests.integration.accounts.postgres import connected, migrated
from tests.support.embedded import EmbeddedAws
from tests.support.revocations import KnownRevocations
from tests.unit.accounts.samples import an_account


@pytest.fixture(params=["in memory", "cognito"])
def provider(request: pytest.FixtureRequest) -> IdentityProvider:
    if request.param == "in memory":
        return InMemoryIdentityProvider()
    aws: EmbeddedAws = request.getfixturevalue("aws")
    client = aws.admin("cognito-idp")
    pool = client.create_user_pool(PoolName="clinic")["UserPool"]["Id"]
    return CognitoIdentityProvider(client, pool, invites=False)


def a_user(*roles: Role, email: str | None = "beatriz@clinic.test") -> ProvidedUser:
    return ProvidedUser(new_id(), email, frozenset(roles))


async def test_a_user_is_created_once_and_found(provider: IdentityProvider) -> None:
    user = a_user(Role.DOCTOR, Role.RELEASER)
    assert await provider.get(user.account_id) is None
    for _ in range(2):
        await provider.put(user)
        assert await provider.get(user.account_id) == user


async def test_roles_and_address_become_what_is_given(provider: IdentityProvider) -> None:
    user = a_user(Role.DOCTOR, Role.RELEASER)
    await provider.put(user)
    changed = replace(
        user, roles=frozenset({Role.DOCTOR, Role.ADMINISTRATOR}), email="beatriz.prado@clinic.test"
    )
    await provider.put(changed)
    assert await provider.get(user.account_id) == changed


async def test_without_roles_a_user_is_disabled_and_comes_back(provider: IdentityProvider) -> None:
    user = a_user(Role.TECHNICIAN)
    await provider.put(user)
    for _ in range(2):
        await provider.put(replace(user, roles=frozenset()))
        found = await provider.get(user.account_id)
        assert found is not None
        assert found.roles == frozenset()
    await provider.put(user)
    assert await provider.get(user.account_id) == user


async def test_nobody_is_created_disabled(provider: IdentityProvider) -> None:
    user = a_user()
    await provider.put(user)
    assert await provider.get(user.account_id) is None


async def test_removing_twice_is_no_error(provider: IdentityProvider) -> None:
    user, other = a_user(Role.DOCTOR), a_user(Role.DOCTOR, email=None)
    await provider.put(user)
    await provider.put(other)
    for _ in range(2):
        await provider.remove(user.account_id)
        assert await provider.get(user.account_id) is None
    assert await provider.get(other.account_id) == other


async def test_cognito_keeps_groups_that_are_not_ours(aws: EmbeddedAws) -> None:
    client = aws.admin("cognito-idp")
    pool = client.create_user_pool(PoolName="clinic")["UserPool"]["Id"]
    provider, user = CognitoIdentityProvider(client, pool, invites=False), a_user(Role.DOCTOR)
    await provider.put(user)
    of_user = {"UserPoolId": pool, "Username": str(user.account_id)}
    client.create_group(UserPoolId=pool, GroupName="canteen")
    client.admin_add_user_to_group(GroupName="canteen", **of_user)
    await provider.put(replace(user, roles=frozenset({Role.TECHNICIAN})))
    groups = {each["GroupName"] for each in client.admin_list_groups_for_user(**of_user)["Groups"]}
    assert groups == {"canteen", "technician"}
    await provider.put(replace(user, roles=frozenset()))
    assert client.admin_get_user(**of_user)["Enabled"] is False


@dataclass
class Staff:
    """One clinic's staff in a store, and what is known to have been copied."""

    transactions: Transactions
    copies: StaffCopies
    clinic: Clinic
    elsewhere: Clinic
    forget: Callable[[UUID], Awaitable[None]]

    async def join(self, *roles: Role, clinic: Clinic | None = None) -> Account:
        clinic = clinic or self.clinic
        account = an_account(AccountKind.STAFF, "Beatriz Prado", clinic, email="beatriz@clinic.test")
        async with self.transactions.write(clinic_id=clinic.id, person_id=account.id) as work:
            await work.accounts.add(account)
            await work.memberships.add(
                Membership(account.id, clinic.id, 1, "Beatriz Prado", frozenset(roles), None)
            )
        return account

    async def change(self, account: Account, change: Callable[[Membership], Membership]) -> None:
        async with self.transactions.write(clinic_id=self.clinic.id, person_id=account.id) as work:
            member = await work.memberships.of_member(account.id, self.clinic.id, lock=True)
            known = await work.accounts.get(account.id, lock=True)
            assert member
            assert known
            await work.memberships.save(change(member))
            await work.accounts.save(known.changed())


@pytest.fixture(params=["in memory", "postgresql"])
def urls(request: pytest.FixtureRequest) -> DatabaseUrls | None:
    if request.param == "in memory":
        return None
    return migrated(request.getfixturevalue("new_database"))


@pytest.fixture
async def staff(request: pytest.FixtureRequest, urls: DatabaseUrls | None) -> AsyncIterator[Staff]:
    clinic, elsewhere = Clinic(new_id(), "Aqui"), Clinic(new_id(), "Lá")
    if urls is None:
        memory = InMemoryTransactions()

        async def forget_there(account_id: UUID) -> None:
            del memory.tables.memberships[account_id, clinic.id]

        memory.tables.clinics = {each.id: each for each in (clinic, elsewhere)}
        yield Staff(memory, InMemoryStaffCopies(memory, clinic.id), clinic, elsewhere, forget_there)
        return
    administrators = request.getfixturevalue("postgres_admin_url").rpartition("/")[0]
    database = urls.app.rpartition("/")[2].partition("?")[0]

    async def forget(account_id: UUID) -> None:
        administrator = await asyncpg.connect(f"{administrators}/{database}")
        await administrator.execute("DELETE FROM memberships WHERE account_id = $1", account_id)
        await administrator.close()

    async with connected(urls) as link:
        for each in (clinic, elsewhere):
            async with link.transactions.write(clinic_id=each.id) as work:
                await work.clinics.add(each)
        yield Staff(
            link.transactions, PostgresStaffCopies(link.database, clinic.id), clinic, elsewhere, forget
        )


class Taken:
    def __init__(self) -> None:
        self.users: dict[UUID, StaffCopy] = {}
        self.refuses: set[UUID] = set()

    async def __call__(self, copy: StaffCopy) -> None:
        if copy.account_id in self.refuses:
            raise RuntimeError("refused")
        self.users[copy.account_id] = copy


async def test_what_differs_is_copied_until_it_was_taken(staff: Staff) -> None:
    one, two = await staff.join(Role.DOCTOR), await staff.join(Role.TECHNICIAN)
    await staff.join(Role.DOCTOR, clinic=staff.elsewhere)
    assert set(await staff.copies.changed()) == {one.id, two.id}
    take = Taken()
    take.refuses = {two.id}
    await staff.copies.copy(one.id, take)
    with pytest.raises(RuntimeError):
        await staff.copies.copy(two.id, take)
    assert list(await staff.copies.changed()) == [two.id]
    assert take.users[one.id].user == ProvidedUser(one.id, "beatriz@clinic.test", frozenset({Role.DOCTOR}))
    take.refuses = set()
    await staff.copies.copy(two.id, take)
    assert list(await staff.copies.changed()) == []
    await staff.change(one, lambda member: member.with_roles(frozenset({Role.ADMINISTRATOR}), None))
    assert list(await staff.copies.changed()) == [one.id]
    await staff.copies.copy(one.id, take)
    assert take.users[one.id].user == ProvidedUser(
        one.id, "beatriz@clinic.test", frozenset({Role.ADMINISTRATOR})
    )


async def test_staff_reach_the_provider_leave_it_and_are_removed(staff: Staff) -> None:
    provider, told = InMemoryIdentityProvider(), list[UUID]()
    copy = CopyStaff(staff.copies, provider, lambda account_id, _: told.append(account_id))
    one, two = await staff.join(Role.DOCTOR), await staff.join(Role.TECHNICIAN)
    assert await copy() == 2
    assert await copy() == 0
    await staff.change(one, Membership.deactivated)
    await staff.forget(two.id)
    assert await copy() == 2
    left = await provider.get(one.id)
    assert left is not None
    assert left.roles == frozenset()
    assert await provider.get(two.id) is None
    assert await copy() == 0
    assert told == []


async def test_one_whom_the_provider_refuses_keeps_no_other_waiting(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, told = InMemoryIdentityProvider(), list[UUID]()
    people = [await staff.join(Role.DOCTOR) for _ in range(3)]
    refused, put = min(person.id for person in people), provider.put

    async def refuse_one(user: ProvidedUser) -> None:
        if user.account_id == refused:
            raise RuntimeError("refused")
        await put(user)

    monkeypatch.setattr(provider, "put", refuse_one)
    copy = CopyStaff(staff.copies, provider, lambda account_id, _: told.append(account_id))
    assert await copy() == 2
    assert told == [refused]
    monkeypatch.undo()
    assert await copy() == 1


async def test_who_was_copied_signs_in_at_cognito_and_is_let_in_as_what_she_is(aws: EmbeddedAws) -> None:
    """The whole way: copied, signed in at the pool, the token verified by the pool's keys; then her access ends."""
    client, clinic_id, password = aws.admin("cognito-idp"), new_id(), "Tres-palavras-7"
    pool = client.create_user_pool(PoolName="clinic")["UserPool"]["Id"]
    app = client.create_user_pool_client(
        UserPoolId=pool, ClientName="laudo", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    provider, user = CognitoIdentityProvider(client, pool, invites=False), a_user(Role.DOCTOR)
    await provider.put(user)
    client.admin_set_user_password(
        UserPoolId=pool, Username=str(user.account_id), Password=password, Permanent=True
    )

    def sign_in() -> dict[str, str]:
        given = {"USERNAME": str(user.account_id), "PASSWORD": password}
        answer = client.admin_initiate_auth(
            UserPoolId=pool, ClientId=app, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=given
        )
        tokens: dict[str, str] = answer["AuthenticationResult"]
        return tokens

    told = OtherIssuer(
        kind="cognito",
        issuer=f"https://cognito-idp.{aws.region}.amazonaws.com/{pool}",
        audiences=(app,),
        roles={"doctor": Role.DOCTOR},
        clinics=frozenset({clinic_id}),
        jwks_url=f"{aws.url}/{pool}/.well-known/jwks.json",  # the emulator's tokens name AWS as their issuer
        longest_s=3600,
    )  # type: ignore[call-arg]  # the preset fills in the rest
    async with httpx.AsyncClient() as http:
        verifier = JwksTokenVerifier(
            issuer="http://ours", audience="laudo", jwks_url="http://127.0.0.1:9/never", http=http,
            revocations=KnownRevocations(), others=[told],
        )  # fmt: skip
        tokens = sign_in()
        principal = await verifier.verify(tokens["AccessToken"])
        assert (principal.account_id, principal.clinic_id) == (user.account_id, clinic_id)
        assert principal.roles == {Role.DOCTOR}
        for other in ("IdToken", "RefreshToken"):
            with pytest.raises(LaudoError, match="token_invalid"):
                await verifier.verify(tokens[other])
    await provider.put(replace(user, roles=frozenset()))
    with pytest.raises(ClientError):
        sign_in()

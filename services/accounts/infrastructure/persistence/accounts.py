"""Accounts and logins in PostgreSQL."""

from datetime import date
from uuid import UUID

from services.accounts.application.ports import IdentifierVault
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.contact import Phone
from services.accounts.domain.login import Login, LoginKind
from services.shared.platform.postgres.database import ReadSession, Row, WriteSession


def login_lookup(vault: IdentifierVault, login: Login) -> bytes:
    """The keyed hash under which a login is stored."""
    return vault.lookup(login.value, purpose=f"login/{login.kind}")


class PostgresAccountReader:
    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self._vault = vault

    async def get(self, account_id: UUID, *, lock: bool = False) -> Account | None:
        row = await self._reading.row(
            f"SELECT * FROM accounts WHERE id = $1 {'FOR UPDATE' if lock else ''}",  # noqa: S608
            account_id,
        )
        return account_of(row) if row else None

    async def id_with_cpf(self, cpf: str, birth_date: date) -> UUID | None:
        lookup = login_lookup(self._vault, Login(LoginKind.CPF, cpf))
        sql = "SELECT person_of_login_born($1, $2)"
        found: UUID | None = await self._reading.value(sql, lookup, birth_date)
        return found


class PostgresAccounts(PostgresAccountReader):
    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        super().__init__(session, vault)
        self._session = session

    async def add(self, account: Account) -> None:
        await self._session.execute(
            """INSERT INTO accounts (id, version, kind, name, birth_date, locale, email, phone, home_clinic_id,
                                     has_password, email_confirmed, phone_confirmed, desk_contact_by, desk_factors_by)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            account.id,
            account.version,
            account.kind,
            account.name,
            account.birth_date,
            account.locale,
            account.email,
            account.phone.e164 if account.phone else None,
            account.home_clinic_id,
            account.has_password,
            account.email_confirmed,
            account.phone_confirmed,
            account.desk_contact_by,
            account.desk_factors_by,
        )

    async def save(self, account: Account) -> None:
        await self._session.execute(
            """UPDATE accounts SET version = $2, locale = $3, email = $4, phone = $5, has_password = $6, name = $7,
                   birth_date = $8, email_confirmed = $9, phone_confirmed = $10,
                   desk_contact_by = $11, desk_factors_by = $12
               WHERE id = $1""",
            account.id,
            account.version,
            account.locale,
            account.email,
            account.phone.e164 if account.phone else None,
            account.has_password,
            account.name,
            account.birth_date,
            account.email_confirmed,
            account.phone_confirmed,
            account.desk_contact_by,
            account.desk_factors_by,
        )

    async def release_login(self, login: Login, account_id: UUID) -> None:
        await self._session.execute(
            "DELETE FROM logins WHERE lookup = $1 AND person_id = $2",
            login_lookup(self._vault, login),
            account_id,
        )

    async def hand_over_logins(self, account_id: UUID, heir_id: UUID) -> None:
        # Row-level security lets nobody write a row out of sight by UPDATE; registration may insert unseen.
        handed = await self._session.rows(
            "DELETE FROM logins WHERE person_id = $1 RETURNING lookup, kind", account_id
        )
        for row in handed:  # an e-mail address and a CPF at most
            await self._session.execute(
                "INSERT INTO logins (lookup, kind, person_id) VALUES ($1, $2, $3)",
                row["lookup"],
                row["kind"],
                heir_id,
            )

    async def claim_login(self, login: Login, account_id: UUID) -> bool:
        # Without a conflict target: naming one would ask for the right to read the row that is in the way.
        tag = await self._session.execute(
            "INSERT INTO logins (lookup, kind, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            login_lookup(self._vault, login),
            login.kind,
            account_id,
        )
        return tag.endswith(" 1")


def account_of(row: Row) -> Account:
    return Account(
        id=row["id"],
        version=row["version"],
        kind=AccountKind(row["kind"]),
        name=row["name"],
        birth_date=row["birth_date"],
        locale=row["locale"],
        email=row["email"],
        phone=Phone(row["phone"]) if row["phone"] else None,
        home_clinic_id=row["home_clinic_id"],
        has_password=row["has_password"],
        email_confirmed=row["email_confirmed"],
        phone_confirmed=row["phone_confirmed"],
        desk_contact_by=row["desk_contact_by"],
        desk_factors_by=row["desk_factors_by"],
    )

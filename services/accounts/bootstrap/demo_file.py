"""Reads the demonstration's clinics and people (infra/local/demo) into what the seeder puts in place."""

from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from services.accounts.application.commands.seed_people import SeedPerson
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.birth_date import parse_birth_date
from services.accounts.domain.clinic import Clinic
from services.accounts.domain.contact import parse_email, parse_phone
from services.accounts.domain.identifiers import parse_cnpj, parse_cns, parse_cpf
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.membership import CouncilRegistration, Membership
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.accounts.domain.person_name import parse_person_name
from services.shared.kernel.clock import SystemClock
from services.shared.kernel.principal import Role

Entry = dict[str, Any]


def read_clinics(file: Path) -> list[Clinic]:
    entries: list[Entry] = yaml.safe_load(file.read_text(encoding="utf-8"))["clinics"]
    return [
        Clinic(UUID(entry["id"]), entry["name"], parse_cnpj(entry["cnpj"]) if entry.get("cnpj") else None)
        for entry in entries
    ]


def read_people(file: Path) -> list[SeedPerson]:
    """Everything passes the same checks as what is typed at a desk."""
    entries: list[Entry] = yaml.safe_load(file.read_text(encoding="utf-8"))["people"]
    return [_person(entry) for entry in entries]


def _person(entry: Entry) -> SeedPerson:
    name, social_name = parse_person_name(entry["name"]), entry.get("social_name")
    account = Account(
        id=UUID(entry["id"]),
        version=1,
        kind=AccountKind(entry["kind"]),
        name=social_name or name,
        birth_date=parse_birth_date(entry["birth_date"], SystemClock().now().date()),
        locale=entry["locale"],
        email=parse_email(entry["email"]) if entry.get("email") else None,
        phone=parse_phone(entry["phone"]) if entry.get("phone") else None,
        home_clinic_id=UUID(entry["clinics"][0]),
        has_password=True,
        email_confirmed=bool(entry.get("email")),
        phone_confirmed=bool(entry.get("phone")),
    )
    logins = [Login.typed(entry["login"])]
    if entry.get("cpf"):
        logins.append(Login(LoginKind.CPF, parse_cpf(entry["cpf"])))
    return SeedPerson(
        account=account,
        logins=tuple(logins),
        password=entry["password"],
        totp_secret=entry.get("totp_secret"),
        memberships=_memberships(entry, name) if account.kind is AccountKind.STAFF else (),
        records=tuple(_record(entry, account, name, record) for record in entry.get("records", ())),
    )


def _memberships(entry: Entry, name: str) -> tuple[Membership, ...]:
    shown = entry.get("registration")
    registration = None
    if shown:
        registration = CouncilRegistration.parse(
            shown["council"], str(shown["number"]), shown["uf"], verified=shown["verified"]
        )
    roles = frozenset(Role(role) for role in entry["roles"])
    return tuple(
        Membership(UUID(entry["id"]), UUID(clinic), 1, name, roles, registration)
        for clinic in entry["clinics"]
    )


def _record(entry: Entry, account: Account, name: str, record: Entry) -> PatientRecord:
    assert account.birth_date is not None
    return PatientRecord(
        id=UUID(record["patient_id"]),
        clinic_id=UUID(record["clinic"]),
        person_id=account.id,
        version=1,
        record_number=record["record_number"],
        name=name,
        social_name=entry.get("social_name"),
        birth_date=account.birth_date,
        sex=Sex(entry["sex"]),
        mother_name=entry.get("mother_name"),
        cpf=parse_cpf(entry["cpf"]) if entry.get("cpf") else None,
        cns=parse_cns(entry["cns"]) if entry.get("cns") else None,
        email=account.email,
        phone=account.phone,
    )

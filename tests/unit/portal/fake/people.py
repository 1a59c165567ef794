"""The invented people of the fake API."""

from dataclasses import dataclass, field
from typing import Any

CLINIC_A = {"id": "0193a000-0000-7000-8000-00000000000a", "name": "Laboratório Aurora"}
CLINIC_B = {"id": "0193a000-0000-7000-8000-00000000000b", "name": "Clínica Ipê"}
PASSWORD = "frase de teste"
CODE = "123456"


@dataclass
class Person:
    id: str
    login: str
    name: str
    roles: list[str]
    clinic: dict[str, str] | None = None
    locale: str = "pt-BR"
    factors: list[str] = field(default_factory=list)
    must_enrol: bool = False
    passkeys: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(
        default_factory=lambda: {_id(901): "Firefox, Linux", _id(902): "Chrome, Android"}
    )
    preferences: dict[str, bool] = field(default_factory=lambda: {"email": True, "sms": True})

    def __post_init__(self) -> None:
        if self.clinic is not None:
            self.factors = ["totp", "recovery_code"]

    def account(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "roles": self.roles,
            "clinic": self.clinic,
            "locale": self.locale,
        }


def _id(number: int) -> str:
    return f"0193a000-0000-7000-8000-{number:012d}"


DOCTOR = "medica@teste.test"
RECEPTIONIST = "recepcao@teste.test"
TECHNICIAN = "tecnica@teste.test"
RELEASER = "liberador@teste.test"
ADMINISTRATOR = "admin@teste.test"
AUDITOR = "auditor@teste.test"
PATIENT = "ana@teste.test"
OTHER_PATIENT = "bruno@teste.test"
STAFF_OF_B = "tecnica-b@teste.test"


def people() -> dict[str, Person]:
    everyone = [
        Person(_id(101), DOCTOR, "Dra. Beatriz Nogueira", ["doctor"], CLINIC_A),
        Person(_id(102), RECEPTIONIST, "Elisa Prado", ["receptionist"], CLINIC_A),
        Person(_id(103), TECHNICIAN, "Daniela Souto", ["technician"], CLINIC_A),
        Person(_id(104), RELEASER, "Dr. Caio Brandão", ["releaser"], CLINIC_A),
        Person(_id(105), ADMINISTRATOR, "Fátima Reis", ["administrator"], CLINIC_A),
        Person(_id(106), AUDITOR, "Gil Moura", ["auditor"], CLINIC_A),
        Person(_id(107), PATIENT, "Ana Lívia Teixeira", ["patient"]),
        Person(_id(108), OTHER_PATIENT, "Bruno Sá", ["patient"]),
        Person(_id(109), STAFF_OF_B, "Hélio Lima", ["technician"], CLINIC_B),
    ]
    return {person.login: person for person in everyone}


def records() -> dict[str, dict[str, Any]]:
    """Patient records of clinic A."""
    ana = {
        "id": _id(201),
        "person_id": _id(107),
        "record_number": "A-000123",
        "name": "Ana Lívia Teixeira",
        "social_name": None,
        "birth_date": "1988-03-02",
        "sex": "F",
        "cpf_masked": "***.456.789-**",
        "email_masked": "a***@teste.test",
        "phone_masked": "+55*******4321",
        "clinic_id": CLINIC_A["id"],
    }
    bruno = {
        **ana,
        "id": _id(202),
        "person_id": _id(108),
        "record_number": "A-000124",
        "name": "Bruno Sá",
        "birth_date": "1959-11-20",
        "sex": "M",
    }
    return {str(ana["id"]): ana, str(bruno["id"]): bruno}


def staff() -> dict[str, dict[str, Any]]:
    """Staff of clinic A, as its administrator sees them."""
    council = {"council": None, "council_number": None, "council_uf": None}
    crm = {"council": "CRM", "council_number": "900001", "council_uf": "SP"}
    facts = {
        "active": True,
        "verified": False,
        "verified_at": None,
        "verified_by": None,
        "verified_how": None,
        "verified_note": None,
        "email_masked": "e***@teste.test",
    }
    return {
        person.id: {"id": person.id, "name": person.name, "roles": person.roles}
        | (crm if {"doctor", "releaser"} & set(person.roles) else council)
        | facts
        for person in people().values()
        if person.clinic == CLINIC_A
    }

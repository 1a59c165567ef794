"""The demonstration people are complete, consistent and plainly invented."""

from pathlib import Path
from typing import Any
from uuid import UUID

import phonenumbers
import pyotp
import pytest
import yaml
from validate_docbr import CPF

from services.shared.kernel.principal import Role

DEMO = Path(__file__).resolve().parents[3] / "infra" / "local" / "demo"
PEOPLE: list[dict[str, Any]] = yaml.safe_load((DEMO / "people.yaml").read_text("utf-8"))["people"]
CLINICS: list[dict[str, Any]] = yaml.safe_load((DEMO / "clinics.yaml").read_text("utf-8"))["clinics"]
PATIENTS = [person for person in PEOPLE if person["kind"] == "patient"]


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["login"])
def test_a_demo_person_is_marked_and_reachable_only_at_reserved_addresses(person: dict[str, Any]) -> None:
    assert "Demonstra" in person["name"]
    assert person["email"].rpartition("@")[2].endswith((".example", "example.com"))
    number = phonenumbers.parse(person["phone"])
    assert phonenumbers.is_valid_number(number)
    assert person["phone"].startswith("+55119000")
    assert set(person["roles"]) <= set(Role)
    assert set(person["clinics"]) <= {clinic["id"] for clinic in CLINICS}
    assert UUID(person["id"]).version == 7


def test_no_two_people_share_an_id_a_login_a_phone_or_a_cpf() -> None:
    for key in ("id", "login", "phone", "cpf"):
        values = [person[key] for person in PEOPLE if key in person]
        assert len(values) == len(set(values))


@pytest.mark.parametrize("clinic", CLINICS, ids=lambda clinic: clinic["short_name"])
def test_each_clinic_has_every_part_of_the_job_and_four_patients(clinic: dict[str, Any]) -> None:
    here = [person for person in PEOPLE if clinic["id"] in person["clinics"]]
    roles = {role for person in here for role in person["roles"]}
    assert {"doctor", "releaser", "technician", "receptionist", "administrator", "patient"} <= roles
    assert sum("patient" in person["roles"] for person in here) == 4
    assert len(clinic["short_name"]) <= 20


def test_staff_have_a_second_factor_and_doctors_and_releasers_a_verified_registration() -> None:
    for person in PEOPLE:
        if person["kind"] == "staff":
            assert len(pyotp.TOTP(person["totp_secret"]).now()) == 6
        if {"doctor", "releaser"} & set(person["roles"]):
            assert person["registration"]["verified"] is True


def test_patients_have_a_valid_cpf_and_one_record_in_each_of_their_clinics() -> None:
    for person in PATIENTS:
        assert CPF().validate(person["cpf"])
        assert [record["clinic"] for record in person["records"]] == person["clinics"]
    assert sum(len(person["clinics"]) == 2 for person in PATIENTS) == 1

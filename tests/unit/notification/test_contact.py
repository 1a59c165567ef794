"""What is kept of a person, and how an address is shown."""

from dataclasses import replace
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.channel import Channel
from services.notification.domain.clinic import Clinic, plain_short_name, readable_phone
from services.notification.domain.contact import Contact, first_name, forgotten_contact, masked

PERSON = UUID("0193a000-0000-7000-8000-000000000201")


def contact(version: int, clinic: int = 1) -> Contact:
    return Contact(
        person_id=PERSON,
        version=version,
        first_name="Ana",
        email=f"ana{version}@exemplo.example",
        phone="+551130000201",
        sms_capable=False,
        locale="pt-BR",
        clinic_ids=frozenset({UUID(int=clinic)}),
    )


def test_an_sms_goes_to_mobile_numbers_only() -> None:
    assert contact(1).address(Channel.SMS) is None
    assert replace(contact(1), sms_capable=True).address(Channel.SMS) == "+551130000201"


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6))
def test_the_newest_contact_wins_in_any_order_and_clinics_add_up(versions: list[int]) -> None:
    versions = sorted(set(versions))
    for order in permutations(versions):
        known = contact(order[0], clinic=order[0])
        for version in order[1:]:
            known = known.after(contact(version, clinic=version))
        assert known.email == f"ana{max(versions)}@exemplo.example"
        assert known.clinic_ids == frozenset(UUID(int=version) for version in versions)


def test_a_forgotten_person_is_not_revived_by_a_late_update() -> None:
    gone = contact(1).after(forgotten_contact(PERSON, 3))
    for version in (2, 3, 4):
        assert gone.after(contact(version)).address(Channel.EMAIL) is None
        assert gone.after(contact(version)).first_name == ""


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ana Maria Souza", "Ana"),
        ("  José  ", "José"),
        ("Ana\r\nBcc: x", "Ana"),
        ("", ""),
        ("A" * 90, "A" * 40),
    ],
)
def test_only_the_first_name_is_kept_without_line_breaks(name: str, first: str) -> None:
    assert first_name(name) == first


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ana.souza@exemplo.example", "a***@exemplo.example"), ("+5511987654321", "+55*****4321")],
)
def test_an_address_is_shown_masked(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("short_name", "contact"), [("x" * 21, "1"), ("Ipê", "1"), ("Ok", "9" * 17), ("", "1")]
)
def test_a_clinic_that_would_break_an_sms_is_refused(short_name: str, contact: str) -> None:
    with pytest.raises(ValueError, match="characters without accents"):
        Clinic(id=uuid4(), name="Clínica", short_name=short_name, contact=contact)


def test_a_clinics_own_name_and_phone_are_made_fit_for_sms() -> None:
    assert plain_short_name("Ipê Diagnósticos de São Paulo") == "Ipe Diagnosticos de"
    assert readable_phone("+551130000100") == "(11) 3000-0100"
    assert readable_phone("+5511987654321") == "(11) 98765-4321"
    assert readable_phone("+14155550100") == "+14155550100"

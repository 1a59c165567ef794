"""What leaves accounts: the published messages, validated against the contracts."""

from dataclasses import replace
from datetime import date

import pytest

from services.accounts.domain.account import AccountKind
from services.accounts.domain.contact import Phone
from services.accounts.domain.events import (
    AccountCreated,
    AccountDeleted,
    AccountUpdated,
    AddressedMessage,
    OneTimeCodeIssued,
    PatientRegistered,
    ProfessionalRegistered,
)
from services.accounts.domain.membership import CouncilRegistration, Membership
from services.accounts.domain.patient_record import PatientRecord, Sex
from services.accounts.infrastructure.messaging.wire_events import message_of
from services.shared.kernel.events import DomainEvent
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.messaging.envelope import parse_message
from services.shared.platform.topology import load_topology
from tests.unit.accounts.samples import CLINIC_A, CLINIC_B, CPF_ANA, NOW, an_account

PERSON = an_account(AccountKind.PATIENT, "Ana", CLINIC_A, email="ana@example.com")
RECORD = PatientRecord(
    id=new_id(), clinic_id=CLINIC_B.id, person_id=PERSON.id, version=1, record_number="000001", name="Ana Lima",
    social_name="Ana Flor", birth_date=date(1988, 2, 17), sex=Sex.FEMALE, mother_name=None, cpf=CPF_ANA, cns=None,
    email="other@example.com", phone=Phone("+551130000100"),
)  # fmt: skip
CRM = CouncilRegistration("CRM", "123456", "SP", verified=True)
MEMBERSHIP = Membership(PERSON.id, CLINIC_A.id, 3, "Dra. Ana", frozenset({Role.RELEASER, Role.DOCTOR}), CRM)
STAFF = replace(PERSON, kind=AccountKind.STAFF)
EVENTS = [
    (AccountCreated(occurred_at=NOW, account=PERSON, patient=RECORD), "account.created", "accounts-events"),
    (
        AccountUpdated(occurred_at=NOW, account=STAFF, membership=MEMBERSHIP),
        "account.updated",
        "accounts-events",
    ),
    (PatientRegistered(occurred_at=NOW, record=RECORD), "patient.registered", "accounts-events"),
    (ProfessionalRegistered(occurred_at=NOW, membership=MEMBERSHIP), "doctor.registered", "accounts-events"),
    (
        OneTimeCodeIssued(
            occurred_at=NOW, account_id=PERSON.id, clinic_id=CLINIC_A.id, code="123456", expires_at=NOW,
            channels=("sms",),
        ),
        "notification.command.one_time_code",
        "notification-commands",
    ),
    (
        AddressedMessage(
            occurred_at=NOW, recipient_id=PERSON.id, clinic_id=CLINIC_A.id, template="staff_invitation",
            channel="email", address="nova@example.com", locale="en", code="7KQ2-M9XD-4TRW", at=NOW,
            useful_until=NOW,
        ),
        "notification.command.to_address",
        "notification-commands",
    ),
    (AccountDeleted(occurred_at=NOW, account=PERSON.emptied()), "account.deleted", "accounts-events"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "kind", "destination"), EVENTS, ids=[each[1] for each in EVENTS])
def test_each_event_travels_validated_to_its_place_without_identifiers(
    event: DomainEvent, kind: str, destination: str
) -> None:
    message, to = message_of(event)
    assert (message.type, to) == (kind, destination)
    assert parse_message(message.to_json()) == message
    assert CPF_ANA.encode() not in message.to_json()
    topology = load_topology()
    assert to in topology.raw["topics"] or kind in topology.types_of(to)


def test_an_account_is_told_of_in_the_records_clinic_with_the_accounts_own_contact() -> None:
    message, _ = message_of(AccountCreated(occurred_at=NOW, account=PERSON, patient=RECORD))
    data = message.data.model_dump()
    assert message.clinic_id == data["clinic_id"] == CLINIC_B.id
    assert (data["name"], data["email"], data["phone"]) == ("Ana Flor", "ana@example.com", "+5511912345678")
    assert (data["kind"], data["roles"], data["sms_capable"]) == ("patient", ["patient"], True)
    assert data["first_access"] is False


def test_who_signed_up_is_told_of_in_the_home_clinic_without_sex_and_welcome() -> None:
    message, _ = message_of(AccountCreated(occurred_at=NOW, account=PERSON))
    data = message.data.model_dump()
    assert message.clinic_id == data["clinic_id"] == CLINIC_A.id
    assert (data["name"], data["sex"], data["roles"], data["first_access"]) == (
        "Ana",
        None,
        ["patient"],
        False,
    )


def test_who_does_not_work_here_any_more_has_no_roles_for_the_others() -> None:
    gone = MEMBERSHIP.deactivated()
    for event in (
        AccountUpdated(occurred_at=NOW, account=STAFF, membership=gone),
        ProfessionalRegistered(occurred_at=NOW, membership=gone),
    ):
        assert message_of(event)[0].data.model_dump()["roles"] == []


def test_secrets_and_addresses_are_in_no_text_of_an_event() -> None:
    event = next(each for each, kind, _ in EVENTS if kind == "notification.command.to_address")
    assert "7KQ2" not in repr(event)
    assert "nova@" not in repr(event)


def test_a_professional_carries_council_and_roles() -> None:
    message, _ = message_of(ProfessionalRegistered(occurred_at=NOW, membership=MEMBERSHIP))
    assert message.data.model_dump() == {
        "version": 3, "doctor_id": PERSON.id, "name": "Dra. Ana", "council": "CRM", "council_number": "123456",
        "council_uf": "SP", "verified": True, "roles": ["doctor", "releaser"],
    }  # fmt: skip


def test_an_unknown_event_is_a_bug_told_at_once() -> None:
    with pytest.raises(TypeError):
        message_of(DomainEvent(occurred_at=NOW))

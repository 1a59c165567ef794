"""What leaves accounts: the published messages, validated against the contracts."""

from dataclasses import replace
from datetime import date

import pytest

from services.accounts.domain.account import AccountKind
from services.accounts.domain.contact import Phone
from services.accounts.domain.events import (
    AccountCreated,
    AccountUpdated,
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
            occurred_at=NOW, account_id=PERSON.id, clinic_id=CLINIC_A.id, code="123456", expires_at=NOW
        ),
        "notification.command.one_time_code",
        "notification-commands",
    ),
]


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


def test_a_professional_carries_council_and_roles() -> None:
    message, _ = message_of(ProfessionalRegistered(occurred_at=NOW, membership=MEMBERSHIP))
    assert message.data.model_dump() == {
        "version": 3, "doctor_id": PERSON.id, "name": "Dra. Ana", "council": "CRM", "council_number": "123456",
        "council_uf": "SP", "verified": True, "roles": ["doctor", "releaser"],
    }  # fmt: skip


def test_an_unknown_event_is_a_bug_told_at_once() -> None:
    with pytest.raises(TypeError):
        message_of(DomainEvent(occurred_at=NOW))

"""Domain events -> the published messages of the contracts, and where each goes."""

from datetime import date
from uuid import UUID

from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.events import (
    AccountCreated,
    AccountDeleted,
    AccountUpdated,
    AddressedMessage,
    OneTimeCodeIssued,
    PatientRegistered,
    ProfessionalRegistered,
    SignedInFromNewDevice,
)
from services.accounts.domain.membership import Membership
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.proxy import Proxy
from services.shared.contracts import accounts as wire
from services.shared.contracts.commands import SendOneTimeCode, SendSignInAlert, SendToAddress
from services.shared.kernel.events import DomainEvent
from services.shared.kernel.principal import Role
from services.shared.platform.messaging.envelope import Message, new_message

SOURCE = "/accounts"
EVENTS_TOPIC = "accounts-events"
COMMANDS_QUEUE = "notification-commands"
CRITICAL_QUEUE = "notification-critical"


def message_of(event: DomainEvent) -> tuple[Message, str]:
    """Return the message and its topic or queue."""
    if isinstance(event, OneTimeCodeIssued):
        return _one_time_code(event), COMMANDS_QUEUE
    if isinstance(event, AddressedMessage):
        return _addressed(event), COMMANDS_QUEUE
    if isinstance(event, SignedInFromNewDevice):
        return _sign_in_alert(event), CRITICAL_QUEUE
    return _announcement(event), EVENTS_TOPIC


def _announcement(event: DomainEvent) -> Message:
    match event:
        case AccountCreated():
            return _account("account.created", event, wire.AccountCreated)
        case AccountUpdated():
            return _account("account.updated", event, wire.AccountUpdated)
        case AccountDeleted():
            return _deleted(event)
        case PatientRegistered():
            return _patient(event)
        case ProfessionalRegistered():
            return _professional(event)
    raise TypeError(type(event).__name__)


def _account(
    message_type: str,
    event: AccountCreated | AccountUpdated,
    model: type[wire.AccountCreated] | type[wire.AccountUpdated],
) -> Message:
    account, of = event.account, event.patient or event.membership
    choice = event.messages if isinstance(event, AccountUpdated) else None
    clinic_id = of.clinic_id if of else account.home_clinic_id
    data = model(
        account_id=account.id,
        version=account.version,
        clinic_id=clinic_id,
        kind="patient" if account.kind is AccountKind.PATIENT else "staff",
        roles=sorted(_roles(of)),
        name=_display_name(account, of),
        sex=of.sex.value if isinstance(of, PatientRecord) else None,
        birth_date=_birth_date(account, of),
        email=account.email,
        phone=account.phone.e164 if account.phone else None,
        sms_capable=account.phone is not None and account.phone.sms_capable,
        locale=account.locale,
        first_access=not account.has_password,
        proxies=[_proxy(proxy, proxy.reader_id) for proxy in event.proxies if proxy.reader_id],
        messages=[wire.MessageChoiceData(channel=choice.channel, allowed=choice.allowed)] if choice else [],
    )
    return new_message(
        message_type,
        source=SOURCE,
        subject=account.id,
        clinic_id=clinic_id,
        time=event.occurred_at,
        data=data,
    )


def _proxy(proxy: Proxy, reader_id: UUID) -> wire.ProxyData:
    return wire.ProxyData(
        proxy_id=proxy.id,
        version=proxy.version,
        kind=proxy.kind.value,
        reader_id=reader_id,
        sees=proxy.scope,
        starts_at=proxy.starts_at,
        until=proxy.until,
        ended_at=proxy.ended_at,
    )


def _roles(of: PatientRecord | Membership | None) -> frozenset[Role]:
    return of.roles_at_work if isinstance(of, Membership) else frozenset({Role.PATIENT})


def _display_name(account: Account, of: PatientRecord | Membership | None) -> str:
    """The social name where there is one: it is how a person is addressed."""
    if of is None:
        return account.name
    return (of.social_name or of.name) if isinstance(of, PatientRecord) else of.name


def _birth_date(account: Account, of: PatientRecord | Membership | None) -> date | None:
    return of.birth_date if isinstance(of, PatientRecord) else account.birth_date


def _patient(event: PatientRegistered) -> Message:
    record = event.record
    return new_message(
        "patient.registered",
        source=SOURCE,
        subject=record.id,
        clinic_id=record.clinic_id,
        time=event.occurred_at,
        data=wire.PatientRegistered(
            patient_id=record.id,
            person_id=event.owner_id or record.person_id,
            version=record.version,
            record_number=record.record_number,
            name=record.name,
            social_name=record.social_name,
            sex=record.sex.value,
            birth_date=record.birth_date,
            mother_name=record.mother_name,
            merged_into=record.merged_into,
        ),
    )


def _professional(event: ProfessionalRegistered) -> Message:
    membership = event.membership
    registration = membership.registration
    assert registration is not None, "a professional has a council registration"
    return new_message(
        "doctor.registered",
        source=SOURCE,
        subject=membership.account_id,
        clinic_id=membership.clinic_id,
        time=event.occurred_at,
        data=wire.DoctorRegistered(
            doctor_id=membership.account_id,
            version=membership.version,
            name=membership.name,
            council=registration.council,
            council_number=registration.number,
            council_uf=registration.uf,
            verified=registration.verified,
            roles=sorted(membership.roles_at_work),
        ),
    )


def _one_time_code(event: OneTimeCodeIssued) -> Message:
    return new_message(
        "notification.command.one_time_code",
        source=SOURCE,
        subject=event.account_id,
        clinic_id=event.clinic_id,
        time=event.occurred_at,
        data=SendOneTimeCode(
            account_id=event.account_id,
            code=event.code,
            expires_at=event.expires_at,
            purpose=event.purpose,
            channels=list(event.channels),
        ),
    )


def _addressed(event: AddressedMessage) -> Message:
    return new_message(
        "notification.command.to_address",
        source=SOURCE,
        subject=event.recipient_id,
        clinic_id=event.clinic_id,
        time=event.occurred_at,
        data=SendToAddress(
            recipient_id=event.recipient_id,
            template=event.template,
            channel=event.channel,
            address=event.address,
            first_name=event.first_name,
            locale=event.locale,
            code=event.code,
            at=event.at,
            useful_until=event.useful_until,
        ),
    )


def _deleted(event: AccountDeleted) -> Message:
    account = event.account
    return new_message(
        "account.deleted",
        source=SOURCE,
        subject=account.id,
        clinic_id=event.clinic_id or account.home_clinic_id,
        time=event.occurred_at,
        data=wire.AccountDeleted(
            account_id=account.id, version=account.version, identity_kept=event.identity_kept
        ),
    )


def _sign_in_alert(event: SignedInFromNewDevice) -> Message:
    return new_message(
        "notification.command.sign_in_alert",
        source=SOURCE,
        subject=event.account_id,
        clinic_id=event.clinic_id,
        time=event.occurred_at,
        data=SendSignInAlert(account_id=event.account_id, signed_in_at=event.occurred_at),
    )

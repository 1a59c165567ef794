"""Domain events -> the published messages of the contracts, and where each goes."""

from datetime import date
from uuid import UUID

from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.events import (
    AccountCreated,
    AccountUpdated,
    OneTimeCodeIssued,
    PatientRegistered,
    ProfessionalRegistered,
    SignedInFromNewDevice,
)
from services.accounts.domain.membership import Membership
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.domain.proxy import Proxy
from services.shared.contracts import accounts as wire
from services.shared.contracts.commands import SendOneTimeCode, SendSignInAlert
from services.shared.kernel.events import DomainEvent
from services.shared.kernel.principal import Role
from services.shared.platform.messaging.envelope import Message, new_message

SOURCE = "/accounts"
EVENTS_TOPIC = "accounts-events"
COMMANDS_QUEUE = "notification-commands"
CRITICAL_QUEUE = "notification-critical"


def message_of(event: DomainEvent) -> tuple[Message, str]:
    """Return the message and its topic or queue."""
    match event:
        case AccountCreated():
            return _account("account.created", event, wire.AccountCreated), EVENTS_TOPIC
        case AccountUpdated():
            return _account("account.updated", event, wire.AccountUpdated), EVENTS_TOPIC
        case PatientRegistered():
            return _patient(event), EVENTS_TOPIC
        case ProfessionalRegistered():
            return _professional(event), EVENTS_TOPIC
        case OneTimeCodeIssued():
            return _one_time_code(event), COMMANDS_QUEUE
        case SignedInFromNewDevice():
            return _sign_in_alert(event), CRITICAL_QUEUE
    raise TypeError(type(event).__name__)


def _account(
    message_type: str,
    event: AccountCreated | AccountUpdated,
    model: type[wire.AccountCreated] | type[wire.AccountUpdated],
) -> Message:
    account, of = event.account, event.patient or event.membership
    assert of is not None, "an account is told of in one clinic"
    data = model(
        account_id=account.id,
        version=account.version,
        clinic_id=of.clinic_id,
        kind="patient" if account.kind is AccountKind.PATIENT else "staff",
        roles=sorted(_roles(of)),
        name=_display_name(of),
        sex=of.sex.value if isinstance(of, PatientRecord) else None,
        birth_date=_birth_date(account, of),
        email=account.email,
        phone=account.phone.e164 if account.phone else None,
        sms_capable=account.phone is not None and account.phone.sms_capable,
        locale=account.locale,
        first_access=not account.has_password,
        proxies=[_proxy(proxy, proxy.reader_id) for proxy in event.proxies if proxy.reader_id],
    )
    return new_message(
        message_type,
        source=SOURCE,
        subject=account.id,
        clinic_id=of.clinic_id,
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


def _roles(of: PatientRecord | Membership) -> frozenset[Role]:
    return of.roles if isinstance(of, Membership) else frozenset({Role.PATIENT})


def _display_name(of: PatientRecord | Membership) -> str:
    """The social name where there is one: it is how a person is addressed."""
    return (of.social_name or of.name) if isinstance(of, PatientRecord) else of.name


def _birth_date(account: Account, of: PatientRecord | Membership) -> date | None:
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
            person_id=record.person_id,
            version=record.version,
            record_number=record.record_number,
            name=record.name,
            social_name=record.social_name,
            sex=record.sex.value,
            birth_date=record.birth_date,
            mother_name=record.mother_name,
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
            roles=sorted(membership.roles),
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

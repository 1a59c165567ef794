"""Puts use cases and adapters together. Tests call the same functions with in-memory adapters."""

from concurrent.futures import Executor
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.notification.application import ports
from services.notification.application.commands.announce_attachment import AnnounceAttachment
from services.notification.application.commands.announce_completion import AnnounceCompletion
from services.notification.application.commands.announce_report import AnnounceReport
from services.notification.application.commands.choose_preferences import ChoosePreferences
from services.notification.application.commands.follow_exam import FollowExam
from services.notification.application.commands.forget_contact import ForgetContact
from services.notification.application.commands.learn_contact import LearnContact
from services.notification.application.commands.record_receipt import RecordReceipt
from services.notification.application.commands.send_due_delivery import SendDueDelivery, Sources
from services.notification.application.commands.send_emergency_alert import SendEmergencyAlert
from services.notification.application.commands.send_one_time_code import SendOneTimeCode
from services.notification.application.commands.send_sign_in_alert import SendSignInAlert
from services.notification.application.commands.sweep_lost_deliveries import SweepLostDeliveries
from services.notification.application.commands.tell_address import TellAddress
from services.notification.application.commands.tell_person import TellPerson
from services.notification.application.queries.list_deliveries import ListDeliveries
from services.notification.application.queries.read_delivery import ReadDelivery
from services.notification.application.queries.read_preferences import ReadPreferences
from services.notification.application.service import Listeners, Readers, Senders
from services.notification.bootstrap.settings import NotificationSettings
from services.notification.domain.quiet_hours import QuietHours
from services.notification.domain.template import Templates
from services.notification.infrastructure.kms.sealer import KmsSealer
from services.notification.infrastructure.persistence.audit import MongoAuditLog
from services.notification.infrastructure.persistence.clinics import MongoClinicStore
from services.notification.infrastructure.persistence.contacts import MongoContactStore
from services.notification.infrastructure.persistence.database import Database
from services.notification.infrastructure.persistence.deliveries import MongoDeliveries
from services.notification.infrastructure.persistence.delivery_log import MongoDeliveryLog
from services.notification.infrastructure.persistence.exams import MongoExamProgressStore
from services.notification.infrastructure.persistence.inbox import MongoInbox
from services.notification.infrastructure.persistence.parked import MongoParkedNotices
from services.notification.infrastructure.persistence.preferences import MongoPreferenceStore
from services.notification.infrastructure.persistence.vault import MongoSecretVault
from services.notification.infrastructure.receipt_queue import SqsReceiptQueue
from services.notification.infrastructure.ses.email_channel import SesEmailChannel
from services.notification.infrastructure.sms_voice.sms_channel import SmsVoiceChannel
from services.notification.interface.messaging import provider_events
from services.shared.kernel.clock import Clock
from services.shared.platform.aws import aws_client
from services.shared.platform.topology import load_topology

_PROVIDER_TIMEOUT_S = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    contacts: ports.ContactStore
    clinics: ports.ClinicStore
    exams: ports.ExamProgressStore
    preferences: ports.PreferenceStore
    parked: ports.ParkedNotices
    deliveries: ports.Deliveries
    log: ports.DeliveryLog
    inbox: ports.Inbox
    audit: ports.AuditLog
    vault: ports.SecretVault


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    templates: Templates
    quiet: QuietHours
    portal_url: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    email: ports.EmailChannel
    sms: ports.SmsChannel
    receipts: ports.Receipts


def mongo_stores(database: Database, settings: NotificationSettings) -> Stores:
    return Stores(
        contacts=MongoContactStore(database),
        clinics=MongoClinicStore(database),
        exams=MongoExamProgressStore(database),
        preferences=MongoPreferenceStore(database),
        parked=MongoParkedNotices(database),
        deliveries=MongoDeliveries(database),
        log=MongoDeliveryLog(database),
        inbox=MongoInbox(database),
        audit=MongoAuditLog(database),
        vault=MongoSecretVault(database, KmsSealer(aws_client("kms", settings), settings.secrets_key)),
    )


def aws_channels(settings: NotificationSettings, threads: Executor) -> Channels:
    """Clients that never repeat a call by themselves: a repeat after a time-out could tell a person twice."""
    pool = settings.send_concurrency
    ses, sms_voice = (
        aws_client(name, settings, pool=pool, read_timeout_s=_PROVIDER_TIMEOUT_S, retries=0)
        for name in ("sesv2", "pinpoint-sms-voice-v2")
    )
    return Channels(
        email=SesEmailChannel(
            ses,
            sender=settings.sender_email,
            preferences_url=f"{settings.public_url}/preferencias",
            threads=threads,
            configuration_set=settings.ses_configuration_set,
        ),
        sms=SmsVoiceChannel(sms_voice, threads=threads, origination=settings.sms_origination),
        receipts=SqsReceiptQueue(aws_client("sqs", settings), load_topology(), provider_events.QUEUE),
    )


def build_readers(stores: Stores, clock: Clock) -> Readers:
    return Readers(
        list_deliveries=ListDeliveries(log=stores.log, audit=stores.audit, clock=clock),
        read_delivery=ReadDelivery(log=stores.log, audit=stores.audit, clock=clock),
        read_preferences=ReadPreferences(preferences=stores.preferences),
        choose_preferences=ChoosePreferences(preferences=stores.preferences, audit=stores.audit, clock=clock),
    )


def build_listeners(stores: Stores, texts: Texts, clock: Clock, bell: ports.Bell) -> Listeners:
    tell = TellPerson(
        contacts=stores.contacts,
        preferences=stores.preferences,
        parked=stores.parked,
        deliveries=stores.deliveries,
        templates=texts.templates,
        quiet=texts.quiet,
        clock=clock,
        bell=bell,
    )
    return Listeners(
        inbox=stores.inbox,
        learn_contact=LearnContact(contacts=stores.contacts, preferences=stores.preferences, tell=tell),
        forget_contact=ForgetContact(
            contacts=stores.contacts,
            preferences=stores.preferences,
            deliveries=stores.deliveries,
            vault=stores.vault,
            tell=tell,
        ),
        follow_exam=FollowExam(exams=stores.exams, tell=tell),
        announce_completion=AnnounceCompletion(exams=stores.exams, tell=tell),
        announce_report=AnnounceReport(exams=stores.exams, tell=tell),
        announce_attachment=AnnounceAttachment(exams=stores.exams, tell=tell),
        send_one_time_code=SendOneTimeCode(vault=stores.vault, tell=tell, clock=clock),
        send_sign_in_alert=SendSignInAlert(tell=tell),
        record_receipt=RecordReceipt(deliveries=stores.deliveries),
        send_emergency_alert=SendEmergencyAlert(tell=tell),
        tell_address=TellAddress(vault=stores.vault, tell=tell, clock=clock),
    )


def build_senders(stores: Stores, texts: Texts, channels: Channels, clock: Clock) -> Senders:
    sources = Sources(
        contacts=stores.contacts,
        preferences=stores.preferences,
        clinics=stores.clinics,
        exams=stores.exams,
        vault=stores.vault,
        templates=texts.templates,
        quiet=texts.quiet,
        portal_url=texts.portal_url,
        zone=texts.zone,
    )
    return Senders(
        send_due_delivery=SendDueDelivery(
            deliveries=stores.deliveries,
            sources=sources,
            email=channels.email,
            sms=channels.sms,
            clock=clock,
        ),
        sweep_lost_deliveries=SweepLostDeliveries(
            deliveries=stores.deliveries, receipts=channels.receipts, templates=texts.templates, clock=clock
        ),
    )

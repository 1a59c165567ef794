"""Everything this service can do, from its ports up: tests hand in in-memory adapters, `bootstrap` real ones."""

from dataclasses import dataclass

from services.notification.application.commands.announce_attachment import AnnounceAttachment
from services.notification.application.commands.announce_completion import AnnounceCompletion
from services.notification.application.commands.announce_report import AnnounceReport
from services.notification.application.commands.choose_preferences import ChoosePreferences
from services.notification.application.commands.follow_exam import FollowExam
from services.notification.application.commands.forget_contact import ForgetContact
from services.notification.application.commands.learn_contact import LearnContact
from services.notification.application.commands.record_receipt import RecordReceipt
from services.notification.application.commands.send_due_delivery import SendDueDelivery
from services.notification.application.commands.send_emergency_alert import SendEmergencyAlert
from services.notification.application.commands.send_one_time_code import SendOneTimeCode
from services.notification.application.commands.send_sign_in_alert import SendSignInAlert
from services.notification.application.commands.sweep_lost_deliveries import SweepLostDeliveries
from services.notification.application.commands.tell_address import TellAddress
from services.notification.application.ports import Inbox
from services.notification.application.queries.list_deliveries import ListDeliveries
from services.notification.application.queries.read_delivery import ReadDelivery
from services.notification.application.queries.read_preferences import ReadPreferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """What the API offers."""

    list_deliveries: ListDeliveries
    read_delivery: ReadDelivery
    read_preferences: ReadPreferences
    choose_preferences: ChoosePreferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """What the queues bring."""

    inbox: Inbox
    learn_contact: LearnContact
    forget_contact: ForgetContact
    follow_exam: FollowExam
    announce_completion: AnnounceCompletion
    announce_report: AnnounceReport
    announce_attachment: AnnounceAttachment
    send_one_time_code: SendOneTimeCode
    send_sign_in_alert: SendSignInAlert
    record_receipt: RecordReceipt
    send_emergency_alert: SendEmergencyAlert
    tell_address: TellAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """What the clock drives."""

    send_due_delivery: SendDueDelivery
    sweep_lost_deliveries: SweepLostDeliveries

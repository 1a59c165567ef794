"""Send one delivery that is due."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.notification.application.ports import (
    UNREACHABLE,
    ClinicStore,
    ContactStore,
    Deliveries,
    EmailChannel,
    ExamProgressStore,
    NotAccepted,
    OutcomeUnknown,
    PreferenceStore,
    SecretVault,
    SmsChannel,
)
from services.notification.domain.addressed import Addressed
from services.notification.domain.channel import Channel
from services.notification.domain.clinic import Clinic
from services.notification.domain.contact import Contact, masked
from services.notification.domain.decision import SUPERSEDED, TOO_LATE, Hold, Suppress, decide
from services.notification.domain.delivery import Delivery, DeliveryState, Lane
from services.notification.domain.quiet_hours import QuietHours
from services.notification.domain.rendering import (
    EmailMessage,
    Facts,
    SmsMessage,
    TextDoesNotFit,
    link,
    render_email,
    render_sms,
)
from services.notification.domain.retry import back_off, while_out_of_reach
from services.notification.domain.template import Template, Templates
from services.shared.kernel.clock import Clock

LEASE = timedelta(seconds=15)  # for composing only: what is with a provider is `sending`, and not leased
CLINIC_UNKNOWN = "clinic_unknown"
TEXT_DOES_NOT_FIT = "text_does_not_fit"
TIMED_OUT = "timed_out"


class Attempt(StrEnum):
    SENT = "sent"
    HELD = "held"
    SUPPRESSED = "suppressed"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"
    LOST = "lost"  # another sender has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a message is made from at the moment it is sent."""

    contacts: ContactStore
    preferences: PreferenceStore
    clinics: ClinicStore
    exams: ExamProgressStore
    vault: SecretVault
    templates: Templates
    quiet: QuietHours
    portal_url: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Refused(Exception):
    detail: str


class SendDueDelivery:
    """Claims the delivery that has been due longest, and sends it at most once.

    - Contact, preferences and quiet hours are asked again: the person may have changed them since. So is the exam of
      an appointment: one that was moved or cancelled while its message waited is not told any more.
    - `sending` is on record before the provider is called and `sent`, with the provider's id, after it. Nothing is
      held open meanwhile: no connection, no lock, only the state.
    - What the provider surely refused is tried again with back-off, and while it is out of reach without an end to the
      attempts, for a day; an unknown outcome is never repeated by
      itself, unless the text is a critical contact, which prefers a repeat to silence.
    """

    def __init__(
        self, *, deliveries: Deliveries, sources: Sources, email: EmailChannel, sms: SmsChannel, clock: Clock
    ) -> None:
        self._deliveries = deliveries
        self._sources = sources
        self._email = email
        self._sms = sms
        self._clock = clock

    async def claim(self, lane: Lane) -> Delivery | None:
        now = self._clock.now()
        return await self._deliveries.claim(lane, now=now, lease_until=now + LEASE)

    async def __call__(self, claimed: Delivery) -> Attempt:
        template = self._sources.templates[claimed.template]
        try:
            message = await self._compose(claimed, template)
        except _Refused as refused:
            return await self._retry_or_fail(claimed, claimed.attempts + 1, refused.detail)
        if isinstance(message, Hold):
            await self._deliveries.put_back(
                claimed, not_before=message.until, detail=message.why, attempts=claimed.attempts
            )
            return Attempt.HELD
        if isinstance(message, Suppress):
            await self._deliveries.close(claimed, DeliveryState.SUPPRESSED, detail=message.why)
            return Attempt.SUPPRESSED
        sending = await self._deliveries.begin_sending(
            claimed, address_masked=masked(message.to), now=self._clock.now()
        )
        if sending is None:
            return Attempt.LOST
        return await self._hand_over(sending, template, message)

    async def _compose(
        self, claimed: Delivery, template: Template
    ) -> EmailMessage | SmsMessage | Hold | Suppress:
        sources, now = self._sources, self._clock.now()
        secret = await sources.vault.read(claimed.reason, now=now) if claimed.has_secret else None
        if claimed.has_secret and secret is None:
            return Suppress(TOO_LATE)
        told = Addressed.from_text(secret) if secret is not None and claimed.addressed else None
        known, preferences, clinic = await asyncio.gather(
            sources.contacts.find(claimed.person_id),
            sources.preferences.find(claimed.person_id),
            sources.clinics.find(claimed.clinic_id),
        )
        contact = told.contact(claimed.person_id) if told else known
        assert contact is not None  # a delivery is planned from a contact, and contacts are never removed
        what = decide(
            template,
            claimed.channel,
            contact=contact,
            preferences=preferences,
            quiet=sources.quiet,
            now=now,
            useful_until=claimed.useful_until,
        )
        if isinstance(what, Hold | Suppress):
            return what
        if await self._went_on(claimed):
            return Suppress(SUPERSEDED)
        if clinic is None:
            raise _Refused(CLINIC_UNKNOWN)
        url = link(sources.portal_url, claimed.channel, claimed.exam_id)
        facts = Facts(url=url, zone=sources.zone, at=claimed.at, code=told.code if told else secret)
        return self._render(claimed, template, contact=contact, to=what.to, clinic=clinic, facts=facts)

    async def _went_on(self, claimed: Delivery) -> bool:
        if claimed.exam_id is None or claimed.exam_version is None:
            return False
        exam = await self._sources.exams.find(claimed.exam_id)
        return exam is not None and exam.version > claimed.exam_version

    def _render(
        self,
        claimed: Delivery,
        template: Template,
        *,
        contact: Contact,
        to: str,
        clinic: Clinic,
        facts: Facts,
    ) -> EmailMessage | SmsMessage:
        render = render_email if claimed.channel is Channel.EMAIL else render_sms
        try:
            return render(
                template, delivery_id=claimed.id, contact=contact, to=to, clinic=clinic, facts=facts
            )
        except TextDoesNotFit:
            raise _Refused(TEXT_DOES_NOT_FIT) from None

    async def _hand_over(
        self, sending: Delivery, template: Template, message: EmailMessage | SmsMessage
    ) -> Attempt:
        try:
            if isinstance(message, EmailMessage):
                provider_id = await self._email.send(message)
            else:
                provider_id = await self._sms.send(message)
        except NotAccepted as refusal:
            if refusal.permanent:
                await self._deliveries.close(sending, DeliveryState.FAILED, detail=refusal.detail)
                return Attempt.FAILED
            if refusal.detail == UNREACHABLE:
                return await self._wait_for_the_provider(sending)
            return await self._retry_or_fail(sending, sending.attempts, refusal.detail)
        except OutcomeUnknown:
            if template.repeat_when_unknown:
                return await self._retry_or_fail(sending, sending.attempts, TIMED_OUT)
            await self._deliveries.close(sending, DeliveryState.UNKNOWN, detail=TIMED_OUT)
            return Attempt.UNKNOWN
        await self._deliveries.record_sent(sending, provider_id=provider_id, now=self._clock.now())
        return Attempt.SENT

    async def _wait_for_the_provider(self, sending: Delivery) -> Attempt:
        """Not counted as an attempt: an outage must not use up those that a message has."""
        now = self._clock.now()
        pause = while_out_of_reach(now - sending.created_at)
        if pause is None:
            await self._deliveries.close(sending, DeliveryState.FAILED, detail=UNREACHABLE)
            return Attempt.FAILED
        await self._deliveries.put_back(
            sending, not_before=now + pause, detail=UNREACHABLE, attempts=sending.attempts - 1
        )
        return Attempt.RETRY

    async def _retry_or_fail(self, held: Delivery, attempts: int, detail: str) -> Attempt:
        pause = back_off(attempts)
        if pause is None:
            await self._deliveries.close(held, DeliveryState.FAILED, detail=detail)
            return Attempt.FAILED
        await self._deliveries.put_back(
            held, not_before=self._clock.now() + pause, detail=detail, attempts=attempts
        )
        return Attempt.RETRY

"""The channels, in memory and on the AWS emulator: accepted, refused, or open, and never repeated by themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.notification.application.ports import NotAccepted, OutcomeUnknown
from services.notification.bootstrap import wiring
from services.notification.bootstrap.settings import NotificationSettings
from services.notification.bootstrap.wiring import Channels, aws_channels
from services.notification.domain.rendering import EmailMessage, SmsMessage
from services.notification.infrastructure.in_memory.channels import (
    InMemoryEmailChannel,
    InMemoryReceipts,
    InMemorySmsChannel,
)
from services.notification.infrastructure.receipt_queue import SqsReceiptQueue
from services.notification.interface.messaging.provider_events import QUEUE
from services.shared.platform.aws import aws_client
from services.shared.platform.metrics.queue_age import QueueAge
from services.shared.platform.topology import load_topology
from tests.integration.notification.outbox import emails_to, texts_to

Environment = Callable[[str], dict[str, str]]


def email() -> EmailMessage:
    return EmailMessage(
        delivery_id=uuid4(),
        to=f"{uuid4().hex[:8]}@exemplo.example",
        subject="Novo documento disponível",
        text="Olá, Ana. Acesse http://p/1.",
        url="http://p/1",
        locale="pt-BR",
        clinic_name="Clínica Ipê",
        may_be_declined=True,
    )


def sms() -> SmsMessage:
    return SmsMessage(
        delivery_id=uuid4(), to=f"+55119{uuid4().int % 10**8:08d}", text="Ipe: ha um novo documento"
    )


def in_memory(mail: InMemoryEmailChannel, text: InMemorySmsChannel) -> Channels:
    return Channels(email=mail, sms=text, receipts=InMemoryReceipts())


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture
def settings(aws_environment: Environment, monkeypatch: pytest.MonkeyPatch) -> NotificationSettings:
    for name, value in aws_environment("notification").items():
        monkeypatch.setenv(name, value)
    return NotificationSettings(mongo_url="m", redis_url="r", issuer="i", jwks_url="j")


@pytest.fixture(params=["memory", "aws"])
def channels(request: pytest.FixtureRequest, threads: ThreadPoolExecutor) -> Channels:
    if request.param == "memory":
        return in_memory(InMemoryEmailChannel(), InMemorySmsChannel())
    return aws_channels(request.getfixturevalue("settings"), threads)


async def test_every_accepted_message_gets_an_id_of_its_own(channels: Channels) -> None:
    ids = [await channels.email.send(email()) for _ in range(2)]
    ids += [await channels.sms.send(sms()) for _ in range(2)]
    assert len(set(ids)) == 4
    assert all(ids)


async def test_messages_may_go_out_side_by_side(channels: Channels) -> None:
    ids = await asyncio.gather(*(channels.email.send(email()) for _ in range(8)))
    assert len(set(ids)) == 8


@pytest.fixture(params=["memory", "aws"])
def refusing(request: pytest.FixtureRequest, threads: ThreadPoolExecutor) -> Channels:
    """Channels whose sender may not send."""
    if request.param == "memory":
        mail = InMemoryEmailChannel()
        mail.failures = [NotAccepted("rejected", permanent=True)]
        return in_memory(mail, InMemorySmsChannel())
    settings = request.getfixturevalue("settings")
    return aws_channels(settings.model_copy(update={"sender_email": "x@unverified.example"}), threads)


async def test_a_refusal_for_good_says_so(refusing: Channels) -> None:
    with pytest.raises(NotAccepted) as refusal:
        await refusing.email.send(email())
    assert (refusal.value.detail, refusal.value.permanent) == ("rejected", True)


@asynccontextmanager
async def silent_server() -> AsyncIterator[tuple[int, list[bytes]]]:
    """Takes requests and never answers; keeps the first line of each."""
    taken: list[bytes] = []
    done = asyncio.Event()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(await reader.readline())
        await done.wait()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], taken
    finally:
        done.set()
        server.close()


@pytest.fixture(params=["memory", "aws"])
async def silent(
    request: pytest.FixtureRequest, threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Channels, Callable[[], int]]]:
    """Channels whose provider takes the message and says nothing; and how many calls it has seen."""
    if request.param == "memory":
        mail, text = InMemoryEmailChannel(), InMemorySmsChannel()
        mail.failures, text.failures = [OutcomeUnknown()], [OutcomeUnknown()]
        yield in_memory(mail, text), lambda: 2 - len(mail.failures) - len(text.failures)
        return
    monkeypatch.setattr(wiring, "_PROVIDER_TIMEOUT_S", 0.4)
    settings = request.getfixturevalue("settings")
    async with silent_server() as (port, taken):
        elsewhere = settings.model_copy(update={"aws_endpoint_url": f"http://127.0.0.1:{port}"})
        yield aws_channels(elsewhere, threads), lambda: len(taken)


async def test_silence_is_an_open_outcome_and_the_call_is_made_once(
    silent: tuple[Channels, Callable[[], int]],
) -> None:
    channels, calls = silent
    with pytest.raises(OutcomeUnknown):
        await channels.email.send(email())
    with pytest.raises(OutcomeUnknown):
        await channels.sms.send(sms())
    await asyncio.sleep(0.1)
    assert calls() == 2


async def test_a_provider_out_of_reach_has_surely_taken_nothing(
    settings: NotificationSettings, threads: ThreadPoolExecutor
) -> None:
    nowhere = settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:9"})
    channels = aws_channels(nowhere, threads)
    for attempt in (channels.email.send(email()), channels.sms.send(sms())):
        with pytest.raises(NotAccepted) as refusal:
            await attempt
        assert (refusal.value.detail, refusal.value.permanent) == ("unreachable", False)


async def test_what_was_sent_can_be_looked_at(
    settings: NotificationSettings, threads: ThreadPoolExecutor, aws: Any
) -> None:
    channels = aws_channels(settings, threads)
    mail, text = replace(email(), text="Olá, <Ana>. http://p/1"), sms()
    mail_id, text_id = await channels.email.send(mail), await channels.sms.send(text)
    (shown,) = await emails_to(aws.url, mail.to)
    assert (shown["MessageId"], shown["Subject"], shown["BodyText"]) == (mail_id, mail.subject, mail.text)
    assert "&lt;Ana&gt;" in shown["BodyHtml"]
    (sent,) = await texts_to(aws.url, text.to)
    assert (sent["MessageId"], sent["Message"]) == (text_id, text.text)
    assert sent["MessageAttributes"]["delivery_id"]["StringValue"] == str(text.delivery_id)


@pytest.fixture
def receipts_of(settings: NotificationSettings, aws: Any) -> Iterator[dict[str, str]]:
    """The receipts' queue and its dead letters, empty before and after; their addresses."""
    sqs = aws_client("sqs", settings)
    names = {"queue": QUEUE, "dead_letters": load_topology().dead_letters_of(QUEUE)}
    aws.purge()
    yield {name: sqs.get_queue_url(QueueName=queue)["QueueUrl"] for name, queue in names.items()}
    aws.purge()


class Hands:
    """A queue's age under clocks that the test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.age = QueueAge(QUEUE, wall=lambda: self.now, monotonic=lambda: self.now)

    def receive(self, *ages: float) -> None:
        self.age.received([int((self.now - age) * 1000) for age in ages])


async def test_receipts_are_all_heard_once_all_that_came_for_a_while_was_fresh(
    settings: NotificationSettings, receipts_of: dict[str, str]
) -> None:
    hands = Hands()
    queue = SqsReceiptQueue(aws_client("sqs", settings), load_topology(), QUEUE, hands.age)
    assert not await queue.all_heard()  # nothing was received yet: a worker that has just started
    hands.receive(70, 3)  # what waited while it was away
    hands.now += 20
    assert not await queue.all_heard()
    hands.receive(2, 1)
    hands.now += 12
    assert not await queue.all_heard()
    hands.now += 1
    assert await queue.all_heard()
    hands.receive(65)  # comes back from a worker that died with it
    assert not await queue.all_heard()


async def test_receipts_that_wait_and_are_received_by_nobody_are_not_heard(
    settings: NotificationSettings, receipts_of: dict[str, str]
) -> None:
    hands = Hands()
    queue = SqsReceiptQueue(aws_client("sqs", settings), load_topology(), QUEUE, hands.age)
    hands.receive()
    hands.now += 20
    assert await queue.all_heard()
    hands.age.looked(waiting=3)
    hands.now += 31
    assert not await queue.all_heard()


async def test_a_receipt_among_the_dead_letters_is_not_heard(
    settings: NotificationSettings, receipts_of: dict[str, str]
) -> None:
    sqs, hands = aws_client("sqs", settings), Hands()
    queue = SqsReceiptQueue(sqs, load_topology(), QUEUE, hands.age)
    hands.receive()
    hands.now += 20
    sqs.send_message(QueueUrl=receipts_of["dead_letters"], MessageBody="{}")
    assert not await queue.all_heard()

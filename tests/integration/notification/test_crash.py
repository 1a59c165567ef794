"""kill -9 at the worst moments: nothing is lost, and nobody is told twice."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.notification.application.commands.sweep_lost_deliveries import SweepLostDeliveries, Swept
from services.notification.domain.delivery import Lane
from services.notification.domain.receipt import Receipt, ReceiptKind
from services.notification.infrastructure.persistence.deliveries import MongoDeliveries
from services.notification.infrastructure.receipt_queue import SqsReceiptQueue
from services.notification.infrastructure.templates.loader import load_templates
from services.notification.interface.messaging.provider_events import QUEUE
from services.shared.kernel.clock import FixedClock
from services.shared.platform.topology import load_topology
from tests.integration.notification.conftest import Installation
from tests.integration.notification.outbox import emails_to, texts_to
from tests.integration.notification.test_worker import Someone, settled

Eventually = Callable[..., Any]
A_POLL_AND_A_HALF_S = 1.5


async def sent_to(installation: Installation, person: Someone) -> int:
    mails = await emails_to(installation.aws.url, person.email)
    return len(mails) + len(await texts_to(installation.aws.url, person.phone))


async def test_killed_between_acceptance_and_record_the_providers_event_settles_it_and_nothing_is_sent_again(
    installation: Installation, eventually: Eventually, tmp_path: Path
) -> None:
    ana = Someone(sms_capable=False)  # two messages at once could die on either side of the call
    (tmp_path / "after_acceptance_before_record").touch()
    with installation.worker(LAUDO_KILL_FOLDER=str(tmp_path)) as worker:
        for message in (ana.created(), ana.ready()):
            installation.publish(message)
        await asyncio.to_thread(worker.wait, 30)
    rows = await installation.deliveries(ana.id)
    cut_off = [row for row in rows if row["state"] == "sending"]
    assert [row["provider_id"] for row in cut_off] == [None]
    assert await sent_to(installation, ana) == 1

    later = FixedClock(datetime.now(UTC) + timedelta(seconds=61))
    deliveries = MongoDeliveries(installation.database)
    receipts = SqsReceiptQueue(installation.aws.client("notification", "sqs"), load_topology(), QUEUE)
    sweep = SweepLostDeliveries(
        deliveries=deliveries, receipts=receipts, templates=load_templates(), clock=later
    )
    assert await sweep() == Swept(lost=1)  # the worst case: unknown before the event is read
    await told_of_somebody_else(installation, deliveries, later.now())
    later.advance(timedelta(minutes=5))
    assert not await sweep()  # its receipt waits in the queue: our absence is not the provider's silence
    with installation.worker():
        installation.publish(ana.ready())  # told again by a repeated event, too
        await eventually(lambda: delivered(installation, ana, 1))
        await asyncio.sleep(A_POLL_AND_A_HALF_S)
    rows = await installation.deliveries(ana.id)
    (mail,) = await emails_to(installation.aws.url, ana.email)
    assert [row["provider_id"] for row in rows if row["channel"] == "email"] == [mail["MessageId"]]


async def told_of_somebody_else(
    installation: Installation, deliveries: MongoDeliveries, accepted_at: datetime
) -> None:
    """Receipts do reach us: one of a message that the provider took later has been recorded."""
    bento = Someone(sms_capable=False)
    await installation.hear(bento.created(), bento.ready())
    (row,) = [row for row in await installation.deliveries(bento.id) if row["channel"] == "email"]
    receipt = Receipt(
        delivery_id=row["_id"], kind=ReceiptKind.ACCEPTED, provider_id="other", accepted_at=accepted_at
    )
    assert await deliveries.record_receipt(receipt)


async def delivered(installation: Installation, person: Someone, count: int) -> bool:
    rows = await installation.deliveries(person.id)
    return [row["state"] for row in rows if row["state"] != "suppressed"] == ["delivered"] * count


async def test_killed_after_the_effect_the_event_comes_again_and_tells_once(
    installation: Installation, eventually: Eventually, tmp_path: Path
) -> None:
    ana = Someone()
    created, ready = ana.created(), ana.ready()
    (tmp_path / "after_effect_before_delete").touch()
    with installation.worker(LAUDO_KILL_FOLDER=str(tmp_path), LAUDO_LOG_LEVEL="INFO") as worker:
        installation.publish(created)
        await asyncio.to_thread(worker.wait, 30)
    with installation.worker():
        installation.publish(ready)
        await eventually(lambda: settled(installation, ana, 2))
        await asyncio.sleep(A_POLL_AND_A_HALF_S)
    assert await sent_to(installation, ana) == 2
    heard = {"_id": {"$in": [ready.id, created.id]}}
    assert await installation.database["inbox"].count_documents(heard) == 2


async def test_what_a_dead_sender_held_goes_out_once_when_its_lease_ends(
    installation: Installation, eventually: Eventually
) -> None:
    ana = Someone()
    await installation.hear(ana.created(), ana.ready())
    now, deliveries = datetime.now(UTC), MongoDeliveries(installation.database)
    for _ in range(2):
        dead = await deliveries.claim(Lane.ORDINARY, now=now, lease_until=now + timedelta(seconds=3))
        assert dead is not None
    with installation.worker():
        rows = await eventually(lambda: settled(installation, ana, 2))
    assert {row["state"] for row in rows} <= {"sent", "delivered"}
    assert min(row["sending_at"] for row in rows) >= now + timedelta(seconds=2.9)
    assert await sent_to(installation, ana) == 2

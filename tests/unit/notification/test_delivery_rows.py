"""A delivery as a document: what one release writes, the one before it can still read."""

from datetime import UTC, datetime

from services.notification.domain.channel import Channel
from services.notification.domain.delivery import Delivery, DeliveryState, Lane
from services.notification.infrastructure.persistence.delivery_rows import from_document, to_document
from services.shared.kernel.ids import new_id


def test_what_a_newer_release_wrote_besides_is_passed_over() -> None:
    made = Delivery(
        id=new_id(),
        reason="exam:1:ready:1",
        channel=Channel.EMAIL,
        template="ready",
        lane=Lane.ORDINARY,
        person_id=new_id(),
        clinic_id=new_id(),
        traceparent="00-0-0-01",
        state=DeliveryState.QUEUED,
        address_masked="a***@example.com",
        created_at=datetime.now(UTC),
    )
    assert from_document({**to_document(made), "known_tomorrow": 1}) == made

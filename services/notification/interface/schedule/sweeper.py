"""Looks every few seconds for deliveries that a dead sender left behind."""

import asyncio

from services.notification.application.commands.sweep_lost_deliveries import SweepLostDeliveries
from services.shared.platform.logs import get_logger

INTERVAL_S = 10.0


async def sweep_for_ever(sweep: SweepLostDeliveries) -> None:
    while True:
        try:
            swept = await sweep()
            if swept.lost:
                get_logger().warning("deliveries.lost_and_settled", count=swept.lost)
            if swept.never_taken:
                get_logger().warning("deliveries.never_taken", count=swept.never_taken)
            if swept.given_up:
                get_logger().error("deliveries.without_receipt", count=swept.given_up)
        except Exception:
            get_logger().exception("sweeper.failed")
        await asyncio.sleep(INTERVAL_S)

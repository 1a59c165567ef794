"""Looks every few seconds for deliveries that a dead sender left behind."""

import asyncio

from services.notification.application.commands.sweep_lost_deliveries import SweepLostDeliveries
from services.shared.platform.logs import get_logger

INTERVAL_S = 15.0


async def sweep_for_ever(sweep: SweepLostDeliveries) -> None:
    while True:
        try:
            if count := await sweep():
                get_logger().warning("deliveries.lost_and_settled", count=count)
        except Exception:
            get_logger().exception("sweeper.failed")
        await asyncio.sleep(INTERVAL_S)

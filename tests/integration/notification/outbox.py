"""What the AWS emulator took for sending, as its inspection pages show it."""

from typing import Any

import httpx


async def emails_to(aws_url: str, address: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient() as http:
        accounts = (await http.get(f"{aws_url}/_ministack/ses/messages")).json()["messages"]
    return [message for sent in accounts.values() for message in sent if address in message["To"]]


async def texts_to(aws_url: str, phone: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient() as http:
        phones = (await http.get(f"{aws_url}/_ministack/sns/sms-messages")).json()["sms_messages"]
    found: list[dict[str, Any]] = phones.get(phone, [])
    return found

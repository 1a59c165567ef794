"""What the AWS emulator took for sending, as its inspection pages show it."""

from typing import Any

import httpx


async def emails_to(aws_url: str, address: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient() as http:
        answer = (await http.get(f"{aws_url}/_ministack/ses/messages")).json()
    return [message for message in answer["messages"] if address in message["To"]]


async def texts_to(aws_url: str, phone: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{aws_url}/_ministack/sns/sms-messages", params={"phoneNumber": phone})
    found: list[dict[str, Any]] = []
    for value in answer.json().values():
        if isinstance(value, dict):
            for messages in value.values():
                found += messages if isinstance(messages, list) else []
    return found

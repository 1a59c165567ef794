"""`/local/outbox`: the e-mails and texts that the product sent, as the emulator holds them. Local only."""

import html
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from infra.gateway.pages import language_of, page, respond

_WORDS = {
    "pt-BR": (
        "Caixa de saída local",
        "E-mail",
        "SMS",
        "Para",
        "De",
        "Assunto",
        "Quando",
        "Nada foi enviado ainda.",
        "Números ao vivo",
    ),
    "en": (
        "Local outbox",
        "E-mail",
        "Text",
        "To",
        "From",
        "Subject",
        "When",
        "Nothing was sent yet.",
        "Live numbers",
    ),
}
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?]")  # the full stop of a sentence is not the link's


@dataclass(frozen=True)
class Sent:
    kind: str  # "email" or "sms"
    to: str
    sender: str
    subject: str
    text: str
    html: str
    at: str
    id: str


class Outbox:
    def __init__(self, emulator_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=emulator_url, timeout=5, trust_env=False)
        self._first_seen: dict[str, str] = {}

    async def close(self) -> None:
        await self._http.aclose()

    async def __call__(self, scope: Any, send: Any) -> None:
        messages = await self.messages()
        if scope["path"].endswith(".json"):
            body = json.dumps({"messages": [asdict(one) for one in messages]}, ensure_ascii=False).encode()
            await respond(send, 200, b"application/json", body)
            return
        language = language_of(scope["headers"])
        body = _page(messages, language)
        policy = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'")
        await respond(send, 200, b"text/html; charset=utf-8", body, [policy])

    async def messages(self) -> list[Sent]:
        """Newest first. A text has no time for the first moments: then it is when it was first seen here."""
        emails = (await self._http.get("/_ministack/ses/messages")).json()["messages"]
        texts = (await self._http.get("/_ministack/sns/sms-messages")).json()["sms_messages"]
        found = [_email(one) for account in emails.values() for one in account]
        for phone, records in texts.items():
            found += [self._text(phone, one) for one in records]
        return sorted(found, key=lambda one: one.at, reverse=True)

    def _text(self, phone: str, record: dict[str, Any]) -> Sent:
        seen = self._first_seen.setdefault(record["MessageId"], datetime.now(UTC).isoformat())
        at = str(record.get("Timestamp") or seen)
        return Sent("sms", phone, "", "", str(record["Message"]), "", at, str(record["MessageId"]))


def _email(record: dict[str, Any]) -> Sent:
    at = datetime.fromtimestamp(float(record["Timestamp"]), UTC).isoformat()
    return Sent(
        "email",
        ", ".join(record["To"]),
        record["Source"],
        record["Subject"],
        record["BodyText"] or "",
        record["BodyHtml"] or "",
        at,
        record["MessageId"],
    )


def _page(messages: list[Sent], language: str) -> bytes:
    title, email, sms, to, sender, subject, when, nothing, numbers = _WORDS[language]
    parts = []
    for one in messages:
        rows = [(to, one.to), (sender, one.sender), (subject, one.subject), (when, one.at)]
        described = "".join(
            f"<dt>{label}</dt><dd>{html.escape(value)}</dd>" for label, value in rows if value
        )
        kind = email if one.kind == "email" else sms
        parts.append(
            f'<article data-kind="{one.kind}"><p class="kind">{kind}</p><dl>{described}</dl>'
            f"<pre>{_with_links(one.text)}</pre></article>"
        )
    parts = parts or [f'<p class="box">{nothing}</p>']
    content = f'<nav><a href="/local/numbers">{numbers}</a></nav>' + "".join(parts)
    return page(title, content, language=language, refresh_s=5)


def _with_links(text: str) -> str:
    pieces, position = [], 0
    for match in _LINK.finditer(text):
        address = html.escape(match[0])
        pieces += [html.escape(text[position : match.start()]), f'<a href="{address}">{address}</a>']
        position = match.end()
    return "".join([*pieces, html.escape(text[position:])])

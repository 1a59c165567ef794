"""The gateway's own pages, in the reader's language."""

import html
import json
from typing import Any

STYLE = """
:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--line:#d6dde4;--text:#1c2733;--quiet:#53606d;--link:#0b5cad}
@media (prefers-color-scheme:dark){
:root{--ground:#12181f;--card:#1b242e;--line:#34414e;--text:#e4eaf0;--quiet:#9fb0c0;--link:#7ab8ff}}
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:var(--ground);color:var(--text)}
main{max-width:52rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.5rem} a{color:var(--link)} .kind{font-weight:600}
article,.box{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem 1.25rem;margin:1rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .75rem;margin:0 0 .75rem}
dt{color:var(--quiet)} dd{margin:0;overflow-wrap:anywhere}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;font:inherit}
"""

_UNAVAILABLE = {
    "pt-BR": (
        "Já voltamos",
        "Esta parte do Laudo está iniciando ou parou por um momento. "
        "Nada se perdeu. Esta página tenta de novo sozinha em alguns segundos.",
    ),
    "en": (
        "Back in a moment",
        "This part of Laudo is starting or has paused for a moment. "
        "Nothing is lost. This page tries again by itself in a few seconds.",
    ),
}


def language_of(headers: list[tuple[bytes, bytes]]) -> str:
    """English when the reader puts it before Portuguese; pt-BR otherwise."""
    accepted = next(
        (value.decode("latin-1").lower() for name, value in headers if name == b"accept-language"), ""
    )
    english, portuguese = accepted.find("en"), accepted.find("pt")
    return "en" if english >= 0 and (portuguese < 0 or english < portuguese) else "pt-BR"


def page(title: str, content: str, *, language: str, refresh_s: int | None, style: str = "") -> bytes:
    refresh = f'<meta http-equiv="refresh" content="{refresh_s}">' if refresh_s else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"{refresh}<title>{html.escape(title)}</title>"
        f"<style>{STYLE}{style}</style></head><body><main><h1>{html.escape(title)}</h1>{content}</main></body></html>"
    ).encode()


async def unavailable(scope: Any, send: Any, service: str) -> None:
    """Answer 503: a page for people, problem+json for programs."""
    language = language_of(scope["headers"])
    title, text = _UNAVAILABLE[language]
    if scope["path"].startswith("/api/"):
        body = json.dumps(
            {
                "type": "about:blank",
                "title": title,
                "status": 503,
                "detail": text,
                "code": "gateway.upstream_unavailable",
                "service": service,
            }
        ).encode()
        content_type = b"application/problem+json"
    else:
        body = page(title, f'<p class="box">{html.escape(text)}</p>', language=language, refresh_s=3)
        content_type = b"text/html; charset=utf-8"
    await respond(send, 503, content_type, body, [(b"retry-after", b"3")])


async def respond(
    send: Any, status: int, content_type: bytes, body: bytes, more: list[tuple[bytes, bytes]] | None = None
) -> None:
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *(more or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

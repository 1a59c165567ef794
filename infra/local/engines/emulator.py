"""Runs the AWS emulator so that it keeps what it was told. Executed by the engines' own Python, never imported.

By itself the emulator saves its state only when it is stopped politely, and forgets sent e-mails altogether.
Here it saves soon after every change (at most a twentieth of its time), and e-mails are part of the state. A long
poll ends with the client that made it: by itself it would live on and take one more message, for nobody.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ministack.app as emulator  # type: ignore[import-not-found]
from hypercorn.config import Config  # type: ignore[import-not-found]
from ministack.core.persistence import save_all  # type: ignore[import-not-found]
from ministack.services import ses, sns  # type: ignore[import-not-found]

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]

_KEPT_MESSAGES = 500
_SHORTEST_PAUSE = 0.25
_LONGEST_PAUSE = 2.0
# Calls that change nothing worth a save, told by the end of the action's name.
_READS = (
    "ReceiveMessage",
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "Decrypt",
    "Encrypt",
)
_READ_PREFIXES = ("Describe", "List", "Get")


class StateKeeper:
    def __init__(self, app: Asgi) -> None:
        self._app = app
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if self._task is None and scope["type"] == "http":
            self._task = asyncio.create_task(self._save_when_changed())
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await _until_gone(self._app, scope, receive, send)
        if _may_change(scope):
            self._changed.set()

    async def _save_when_changed(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            began = time.perf_counter()
            # On the event loop on purpose: no request can change a dictionary while it is written.
            save_all(emulator._build_persistence_save_dict())
            took = time.perf_counter() - began
            await asyncio.sleep(min(_LONGEST_PAUSE, max(_SHORTEST_PAUSE, took * 20)))


async def _until_gone(app: Asgi, scope: Scope, receive: Any, send: Any) -> None:
    """Answer a long poll only while its client is there."""
    if not _action(scope).endswith("ReceiveMessage"):
        await app(scope, receive, send)
        return
    body = await _whole_body(receive)

    async def receive_body() -> Any:
        return body

    answering = asyncio.ensure_future(app(scope, receive_body, send))
    leaving = asyncio.ensure_future(_left(receive))
    await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not answering.done():
        answering.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await answering


async def _whole_body(receive: Any) -> dict[str, Any]:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return {"type": "http.request", "body": b"".join(parts), "more_body": False}


async def _left(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _action(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name.lower() == b"x-amz-target":
            return str(value.decode("latin-1").rpartition(".")[2])
    return ""


def _may_change(scope: Scope) -> bool:
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    action = _action(scope)
    return not action or (action not in _READS and not action.startswith(_READ_PREFIXES))


def _keep_emails() -> None:
    state_of, load = ses.get_state, ses.load_persisted_state

    def get_state() -> dict[str, Any]:
        sent = {key: list(value)[-_KEPT_MESSAGES:] for key, value in ses._sent_emails._data.items()}
        rows = [[*key, value] for key, value in sent.items()]
        return {**state_of(), "laudo_sent_emails": rows}

    def load_persisted_state(data: dict[str, Any]) -> None:
        for *key, value in data.pop("laudo_sent_emails", []):
            ses._sent_emails._data[tuple(key)] = value
        load(data)

    ses.get_state, ses.load_persisted_state = get_state, load_persisted_state


def _date_and_limit_texts() -> None:
    """Texts carry no time in the emulator: they get one when they are first saved, a moment after sending."""
    state_of = sns.get_state

    def get_state() -> dict[str, Any]:
        for records in sns._sms_messages._data.values():
            del records[:-_KEPT_MESSAGES]
            for record in records:
                record.setdefault("Timestamp", datetime.now(UTC).isoformat())
        state: dict[str, Any] = state_of()
        return state

    sns.get_state = get_state


if __name__ == "__main__":
    Config.graceful_timeout = 0.5  # long polls of clients that are gone would hold up the end for 3 s
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    from infra.local.engines.providers import complete_the_providers

    complete_the_providers()
    _keep_emails()
    _date_and_limit_texts()
    emulator.app = StateKeeper(emulator.app)
    emulator.main()

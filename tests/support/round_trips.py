"""Counts what leaves this process for a store, whoever sends it: statements, commands, calls."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)
from pynamodb.connection import Connection


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every SQL statement, in order."""
    sent: list[str] = []
    for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
        original = getattr(asyncpg.Connection, name)

        def counted(
            self: object, query: str, *args: object, _call: object = original, **more: object
        ) -> object:
            sent.append(query)
            return _call(self, query, *args, **more)  # type: ignore[operator]

        monkeypatch.setattr(asyncpg.Connection, name, counted)
    yield sent
    monkeypatch.undo()


@pytest.fixture
def dynamodb_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The name of every DynamoDB operation, in order."""
    sent: list[str] = []
    original = Connection.dispatch

    def counted(self: Connection, operation: str, arguments: dict[str, Any]) -> Any:
        sent.append(operation)
        return original(self, operation, arguments)

    monkeypatch.setattr(Connection, "dispatch", counted)
    yield sent
    monkeypatch.undo()


class MongoCommands(CommandListener):
    """The name of every command, in order; given to a client as one of its `event_listeners`."""

    _OF_THE_CONNECTION = frozenset({"hello", "ping", "saslStart", "saslContinue", "endSessions"})

    def __init__(self) -> None:
        self.sent: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in self._OF_THE_CONNECTION:
            self.sent.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        return

    def failed(self, event: CommandFailedEvent) -> None:
        return

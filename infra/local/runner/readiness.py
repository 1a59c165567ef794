"""When a process of the product counts as ready."""

import http.client
from collections.abc import Callable
from pathlib import Path


def answers_ok(port: int, path: str) -> Callable[[], bool]:
    """Return a check: the path answers 200."""

    def check() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return check


def says(log: Path, words: str) -> Callable[[], bool]:
    """Return a check: the log holds the words, counted from now on."""
    begin = log.stat().st_size if log.exists() else 0

    def check() -> bool:
        if not log.exists():
            return False
        with log.open("rb") as file:
            file.seek(begin)
            return words.encode() in file.read()

    return check

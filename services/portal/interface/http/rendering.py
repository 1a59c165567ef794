"""Jinja2 with the portal's words, dates and small drawings; undefined names are errors, all output is escaped."""

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.portal.interface.http import formats, range_bar, words
from services.portal.interface.http.texts import text
from services.shared.kernel.clock import Clock

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


class Pages:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def render(self, template: str, locale: str, **context: Any) -> str:
        now = self._clock.now()
        return (
            _environment()
            .get_template(template)
            .render(
                context,
                locale=locale,
                t=partial(text, locale),
                day=partial(formats.day, locale=locale),
                last_day=partial(formats.last_day, locale=locale),
                moment=partial(formats.moment, locale=locale),
                waiting=lambda since: formats.waiting(since, now, locale),
                age=lambda born: formats.age(born, now.astimezone(formats.ZONE).date()),
                say=partial(words.say, locale=locale),
                flag_word=partial(words.flag_word, locale=locale),
                unit=partial(words.unit, locale=locale),
                known=partial(words.known, locale),
                now_local=formats.local_input(now),
                today=now.astimezone(formats.ZONE).date().isoformat(),
            )
        )


@cache
def _environment() -> Environment:
    """Templates are compiled once for the process; they change with a deployment only."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        static=static_url, range_bar=range_bar.draw, short_name=words.short_name, initial=words.initial
    )
    return environment


@cache
def static_url(name: str) -> str:
    """Address of a static file; it changes with the content, so that browsers may keep it for a year."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"

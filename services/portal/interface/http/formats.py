"""Dates and times as people of the clinic read them: America/Sao_Paulo, in the page's language."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta

ZONE = ZoneInfo("America/Sao_Paulo")
_BABEL = {"pt-BR": "pt_BR", "en": "en_GB"}
_DATE = {"pt-BR": "dd/MM/yyyy", "en": "d MMM yyyy"}
_TIME = {"pt-BR": "dd/MM/yyyy 'às' HH:mm", "en": "d MMM yyyy, HH:mm"}


def as_moment(value: str | datetime | None) -> datetime | None:
    if value is None or value == "":
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day(value: str | date | None, locale: str) -> str:
    """Format a date, or the local day of a moment; an empty value is a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        value = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    return str(format_date(value, _DATE[locale], locale=_BABEL[locale]))


def last_day(until: str | None, locale: str) -> str:
    """The last local day of something that holds until `until`, which itself is outside."""
    end = as_moment(until)
    return day(end - timedelta(seconds=1) if end else None, locale)


def moment(value: str | datetime | None, locale: str) -> str:
    at = as_moment(value)
    if at is None:
        return "—"
    return str(format_datetime(at, _TIME[locale], tzinfo=ZONE, locale=_BABEL[locale]))


def waiting(since: str | datetime | None, now: datetime, locale: str) -> str:
    """Say how long something has waited, in its largest unit: `3 horas`, `3 hours`."""
    at = as_moment(since)
    if at is None:
        return "—"
    return str(format_timedelta(max(now - at, now - now), locale=_BABEL[locale], threshold=1))


def age(birth_date: str | None, today: date) -> int | None:
    if not birth_date:
        return None
    born = date.fromisoformat(birth_date)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def local_input(value: datetime) -> str:
    """The value of an `<input type="datetime-local">`."""
    return value.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")


def from_local_input(value: str) -> str | None:
    """Read an `<input type="datetime-local">` as clinic time; return ISO 8601 with zone, None when unreadable."""
    try:
        typed = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return (typed if typed.tzinfo else typed.replace(tzinfo=ZONE)).isoformat()

"""What an auditor typed to search the audit, read into ids and a period."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.portal.application.audit_trail import AuditSearch
from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.formats import ZONE
from services.portal.interface.http.texts import DEFAULT_LOCALE, catalogue, text
from services.portal.interface.http.visit import Visit

FIELDS = ("emergencies", "who", "person", "action", "record_number", "since", "until")
_PREFIX = "audit_action."
ACTIONS = tuple(key.removeprefix(_PREFIX) for key in catalogue(DEFAULT_LOCALE) if key.startswith(_PREFIX))
_USUAL_DAYS = 7
_LONGEST_DAYS = 366
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """`search` is None while something is to be corrected. `people`: those of the name typed, to choose from."""

    typed: Mapping[str, str]
    errors: Mapping[str, str]
    people: Sequence[Json]
    search: AuditSearch | None


async def read_form(visit: Visit, sent: Mapping[str, str]) -> Reading:
    typed = {name: sent.get(name, "") for name in FIELDS} | _usual_period(visit, sent)
    errors: dict[str, str] = {}
    period = _period(visit.locale, typed, errors)
    person, people = await _person(visit, typed, errors)
    record = await _record(visit, typed["record_number"], errors)
    action = typed["action"] if typed["action"] in ACTIONS else None
    if errors or period is None:
        return Reading(typed, errors, people, None)
    search = AuditSearch(*period, person, record, action, typed["emergencies"] == "1")
    return Reading(typed, errors, people, search)


def _usual_period(visit: Visit, sent: Mapping[str, str]) -> dict[str, str]:
    today = visit.portal.clock.now().astimezone(ZONE).date()
    usual = {"since": today - timedelta(days=_USUAL_DAYS - 1), "until": today}
    return {name: sent.get(name) or day.isoformat() for name, day in usual.items()}


def _period(
    locale: str, typed: Mapping[str, str], errors: dict[str, str]
) -> tuple[datetime, datetime] | None:
    """Both days are in, by the clinic's clock."""
    days = {}
    for name in ("since", "until"):
        try:
            days[name] = date.fromisoformat(typed[name])
        except ValueError:
            errors[name] = text(locale, "audit.day_invalid")
    if errors:
        return None
    if not timedelta(0) <= days["until"] - days["since"] <= timedelta(days=_LONGEST_DAYS):
        errors["until"] = text(locale, "audit.period_invalid")
        return None
    try:
        return _midnight(days["since"]), _midnight(days["until"] + timedelta(days=1))
    except OverflowError:  # the first and the last day that a date can name
        errors["until"] = text(locale, "audit.period_invalid")
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


async def _person(
    visit: Visit, typed: Mapping[str, str], errors: dict[str, str]
) -> tuple[str | None, Sequence[Json]]:
    """The one of this name; of several the one chosen; else the person is asked which."""
    if not typed["who"]:
        return None, []
    found: list[Json] = (await visit.portal.staff.people(visit.caller, typed["who"]))["items"]
    programs = (await visit.portal.machines.page(visit.caller))["items"]
    found += [each for each in programs if _begins_words_of(typed["who"], each["name"])]
    ids = [str(each["id"]) for each in found]
    if typed["person"] in ids and _ID.fullmatch(typed["person"]):
        return typed["person"], found if len(found) > 1 else []
    if len(ids) == 1:
        return ids[0], []
    errors["who"] = text(visit.locale, "audit.which_person" if ids else "audit.nobody")
    return None, found[:_MOST_NAMES]


def _begins_words_of(typed: str, name: str) -> bool:
    words = name.casefold().split()
    return all(any(word.startswith(part) for word in words) for part in typed.casefold().split())


async def _record(visit: Visit, number: str, errors: dict[str, str]) -> str | None:
    if not number:
        return None
    try:
        return await visit.portal.audit.api.record(visit.caller, number[:12])
    except ApiProblem as problem:
        if problem.status not in (404, 422):
            raise
        errors["record_number"] = text(visit.locale, "audit.no_record")
        return None

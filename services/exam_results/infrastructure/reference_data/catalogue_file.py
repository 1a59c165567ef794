"""Reads the shipped exam catalogue into the domain's terms."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from services.exam_results.domain.age import Age, AgeSpan
from services.exam_results.domain.catalogue import (
    Catalogue,
    CatalogueFault,
    Component,
    Embargo,
    ExamDefinition,
    Option,
    Plausible,
    ResultType,
)
from services.exam_results.domain.limits import (
    Applicability,
    Band,
    CriticalLimits,
    Limits,
    ReferenceRange,
)
from services.exam_results.domain.people import Sex
from services.exam_results.infrastructure.reference_data.exact_yaml import load_exact

_HERE = Path(__file__).parent
_UNPRINTED_UNITS = frozenset({"1", "[pH]"})  # UCUM's "no unit": nothing is printed beside the number
_TYPES = {
    None: ResultType.QUANTITY,
    "coded": ResultType.CODED,
    "text": ResultType.TEXT,
    "document": ResultType.TEXT,  # the conclusion in words; the document itself is an attachment
}
_EXAM_FIELDS = "id panel loinc src pt en specimen codes components sensitive release sex_only note"
_COMPONENT_FIELDS = "u ud rsrc ranges critical bands type values normal derived_from notifiable"
_EXAM_KEYS = frozenset(_EXAM_FIELDS.split())
_ALL_KEYS = _EXAM_KEYS | frozenset(_COMPONENT_FIELDS.split())
Options = Mapping[str, tuple[Option, ...]]


@cache
def shipped_catalogue() -> Catalogue:
    return read_catalogue(load_exact(_HERE / "catalogue.yaml"), load_exact(_HERE / "plausibility.yaml"))


def read_catalogue(source: Mapping[str, Any], plausible: Mapping[str, Any]) -> Catalogue:
    """Return the catalogue; raise CatalogueFault where it contradicts itself."""
    options = {
        name: tuple(Option(str(each["code"]), each["pt"], each["en"]) for each in each_set)
        for name, each_set in source["qualitative_sets"].items()
    }
    entries = {entry["id"]: entry for entry in source["exams"]}
    exams = tuple(_exam(entry, entries, options, plausible) for entry in source["exams"])
    return Catalogue(version=source["meta"]["version"], exams=exams)


def _exam(
    entry: Mapping[str, Any], entries: Mapping[str, Any], options: Options, plausible: Mapping[str, Any]
) -> ExamDefinition:
    _refuse_unknown_keys(entry, _EXAM_KEYS if "components" in entry else _ALL_KEYS)
    # A derived exam is ordered alone, so what it is derived from is measured with it, on the same specimen.
    measured = entries[entry["derived_from"]] if "derived_from" in entry else entry
    parts = [measured, entry] if measured is not entry else entry.get("components", [entry])
    specimen = measured["specimen"]
    return ExamDefinition(
        code=entry["id"],
        loinc=entry["loinc"],
        name_pt=entry["pt"],
        name_en=entry["en"],
        panel=entry.get("panel", False),
        specimen_pt=specimen["pt"],
        specimen_en=specimen["en"],
        components=tuple(_component(part, options, plausible) for part in parts),
        sensitive=entry.get("sensitive"),
        embargo=Embargo(entry.get("release", "none")),
        sex_only=Sex(entry["sex_only"]) if "sex_only" in entry else None,
    )


def _component(part: Mapping[str, Any], options: Options, plausible: Mapping[str, Any]) -> Component:
    _refuse_unknown_keys(part, _ALL_KEYS)
    unit = part.get("u")
    limits = plausible.get(part["id"])
    component = Component(
        code=part["id"],
        loinc=part["loinc"],
        name_pt=part["pt"],
        name_en=part["en"],
        type=_TYPES[part.get("type")],
        unit=unit,
        unit_display=None if unit in _UNPRINTED_UNITS else part.get("ud", unit),
        ranges=tuple(ReferenceRange(_applies(each), _limits(each)) for each in part.get("ranges", [])),
        criticals=tuple(
            CriticalLimits(_applies(each), each.get("lo"), each.get("hi"))
            for each in part.get("critical", [])
        ),
        bands=tuple(Band(_limits(each), each["pt"], each["en"]) for each in part.get("bands", [])),
        options=options[part["values"]] if "values" in part else (),
        normal=frozenset(part.get("normal", [])),
        plausible=Plausible(limits["lo"], limits["hi"]) if limits else None,
        derived_from=part.get("derived_from"),
    )
    _refuse_contradictions(component)
    return component


def _applies(entry: Mapping[str, Any]) -> Applicability:
    return Applicability(AgeSpan.parse(entry["age"]), Sex(entry["sex"]) if "sex" in entry else None)


def _limits(entry: Mapping[str, Any]) -> Limits:
    return Limits(*(_decimal(entry.get(name)) for name in ("lo", "hi", "lt", "gt")))


def _decimal(number: Any) -> Decimal | None:
    if number is None or isinstance(number, Decimal):
        return number
    raise CatalogueFault(f"not a number: {type(number).__name__}")


def _refuse_unknown_keys(entry: Mapping[str, Any], known: frozenset[str]) -> None:
    """An unquoted comma inside `{...}` cuts a text in two and leaves the rest as a key: found here, not on a report."""
    if unknown := set(entry) - known:
        raise CatalogueFault(f"unknown keys in {entry['id']}: {sorted(unknown)}")


def _refuse_contradictions(component: Component) -> None:
    """Two ranges for the same person would make the report depend on the order of a file."""
    for each in (component.ranges, component.criticals):
        for first, second in combinations([item.applies for item in each], 2):
            same_sex = first.sex is None or second.sex is None or first.sex is second.sex
            if same_sex and _overlap(first.age, second.age):
                raise CatalogueFault(f"overlapping ranges: {component.code}")
    known = {option.code for option in component.options}
    if not component.normal <= known or (component.type is ResultType.CODED and not known):
        raise CatalogueFault(f"options: {component.code}")


def _overlap(first: AgeSpan, second: AgeSpan) -> bool:
    return (second.end is None or _days(first.start) < _days(second.end)) and (
        first.end is None or _days(second.start) < _days(first.end)
    )


def _days(age: Age) -> float:
    """A length to compare by: a month is taken as a twelfth of a year."""
    return age.count * {"d": 1.0, "m": 365.25 / 12, "y": 365.25}[age.unit]

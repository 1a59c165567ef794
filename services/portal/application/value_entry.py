"""The table a technician fills in: one row per item of the exam, and what the service said about each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem

CRITICAL = frozenset({"LL", "HH"})


@dataclass(frozen=True, slots=True)
class Row:
    item: Json  # the exam's result: names, unit, range, stored value, flag
    typed: str
    error: str | None
    options: tuple[Json, ...]
    is_derived: bool
    warnings: tuple[str, ...] = ()

    @property
    def is_critical(self) -> bool:
        return self.item.get("flag") in CRITICAL


def values_to_send(typed: Mapping[str, str], units: Mapping[str, str]) -> list[dict[str, str]]:
    """Only what is filled in; the unit shown beside the field goes along, so that a changed table is noticed."""
    return [
        {"code": code, "value": value} | ({"unit": units[code]} if units.get(code) else {})
        for code, value in typed.items()
        if value
    ]


def errors_by_code(problem: ApiProblem | None, sent: list[dict[str, str]]) -> dict[str, str]:
    """`values.3.value` is the fourth value sent; `values.HGB` names its item."""
    if problem is None:
        return {}
    errors: dict[str, str] = {}
    for error in problem.errors:
        part = error.field.split(".")[1] if error.field.startswith("values.") else error.field
        index = int(part) if part.isdecimal() else None
        code = sent[index]["code"] if index is not None and index < len(sent) else part
        errors.setdefault(code, error.detail)
    return errors


def rows(
    exam: Json,
    definition: Json | None,
    *,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, str],
    warnings: Mapping[str, tuple[str, ...]],
    decimal_comma: bool,
) -> list[Row]:
    components: dict[str, Json] = {}
    if definition is not None:
        components = {part["code"]: part for part in definition["components"]}
    return [
        Row(
            item=item,
            typed=typed.get(item["code"], "") if typed is not None else _shown(item, decimal_comma),
            error=errors.get(item["code"]),
            options=tuple(components.get(item["code"], {}).get("options") or ()),
            is_derived=bool(components.get(item["code"], {}).get("derived_from")),
            warnings=warnings.get(item["code"], ()),
        )
        for item in _items(exam, definition)
    ]


def _items(exam: Json, definition: Json | None) -> list[Json]:
    """One item per component, in the catalogue's order; what has no value yet is blank."""
    stored = {item["code"]: item for item in exam["results"]}
    if definition is None:
        return list(stored.values())
    return [stored.get(part["code"]) or _blank(part) for part in definition["components"]]


def _blank(component: Json) -> Json:
    names = ("code", "name_pt", "name_en", "type", "unit", "unit_display")
    return {name: component[name] for name in names} | {"value": None, "range": None, "flag": None}


def _shown(item: Mapping[str, Any], decimal_comma: bool) -> str:
    value = item.get("value")
    if value is None:
        return ""
    is_number = item.get("type") == "quantity"
    return str(value).replace(".", ",") if is_number and decimal_comma else str(value)

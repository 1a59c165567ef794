"""Reading what a technician typed: every value is checked by itself, and all that is wrong is said at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.exam_results.domain import errors
from services.exam_results.domain.catalogue import Component, ExamDefinition, ResultType
from services.exam_results.domain.plain_text import plain_text
from services.exam_results.domain.plausibility import decimals_on_file, is_impossible, is_unusual
from services.exam_results.domain.quantity import Quantity
from services.exam_results.domain.results import EnteredValue
from services.shared.kernel.errors import INVALID, ErrorKind, FieldError, LaudoError

_LONGEST_TEXT = 4000
UNUSUAL = "unusual_value"
AMBIGUOUS_SEPARATOR = "ambiguous_separator"


@dataclass(frozen=True, slots=True)
class TypedValue:
    code: str
    value: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Warned:
    """Accepted, but worth a second look; `reason` is one of the codes above."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    values: tuple[EnteredValue, ...]
    warnings: tuple[Warned, ...]


def read_entry(definition: ExamDefinition, typed: Iterable[TypedValue]) -> Entry:
    """Return the values in the exam's own order; raise one error that lists every wrong field."""
    wrong: list[FieldError] = []
    read: dict[str, EnteredValue] = {}
    warnings: list[Warned] = []
    for index, each in enumerate(typed):
        kind = _fault(definition, each, read)
        if kind is not None:
            params = _params(definition, each)
            wrong.append(FieldError(f"values.{index}.{_field_of(kind)}", kind, params))
            continue
        component = definition.component(each.code)
        assert component is not None  # _fault has looked
        read[each.code] = EnteredValue(each.code, _text_of(component, each.value), component.unit)
        warnings += _warnings(component, each)
    if wrong:
        raise LaudoError(INVALID, errors=tuple(wrong))
    in_order = tuple(read[each.code] for each in definition.components if each.code in read)
    return Entry(in_order, tuple(warnings))


def _fault(definition: ExamDefinition, typed: TypedValue, read: dict[str, EnteredValue]) -> ErrorKind | None:
    component = definition.component(typed.code)
    if component is None:
        return errors.UNKNOWN_COMPONENT
    if component.derived_from:
        return errors.DERIVED_COMPONENT
    if typed.code in read:
        return errors.DUPLICATE_COMPONENT
    if not component.takes_unit(typed.unit):
        return errors.WRONG_UNIT
    return _value_fault(component, typed.value)


def _value_fault(component: Component, value: str) -> ErrorKind | None:
    if component.type is ResultType.CODED:
        return None if component.option(value) else errors.NOT_AN_OPTION
    if component.type is ResultType.TEXT:
        return None if _is_plain_text(value) else errors.TEXT_INVALID
    quantity = Quantity.parse(value)
    if quantity is None:
        return errors.NOT_A_NUMBER
    return errors.IMPOSSIBLE_VALUE if is_impossible(component, quantity.number) else None


def _is_plain_text(value: str) -> bool:
    text = plain_text(value)
    return text is not None and 0 < len(text) <= _LONGEST_TEXT


def _text_of(component: Component, value: str) -> str:
    if component.type is ResultType.QUANTITY:
        quantity = Quantity.parse(value)
        assert quantity is not None  # _value_fault has looked
        return quantity.text
    return (plain_text(value) or "") if component.type is ResultType.TEXT else value


def _warnings(component: Component, typed: TypedValue) -> list[Warned]:
    if component.type is not ResultType.QUANTITY:
        return []
    found = []
    quantity = Quantity(_text_of(component, typed.value))
    if is_unusual(component, quantity.number):
        found.append(Warned(component.code, UNUSUAL))
    if "." in typed.value and quantity.reads_like_thousands and decimals_on_file(component) < 3:
        found.append(Warned(component.code, AMBIGUOUS_SEPARATOR))
    return found


def _field_of(kind: ErrorKind) -> str:
    if kind is errors.WRONG_UNIT:
        return "unit"
    in_code = {errors.UNKNOWN_COMPONENT, errors.DUPLICATE_COMPONENT, errors.DERIVED_COMPONENT}
    return "code" if kind in in_code else "value"


def _params(definition: ExamDefinition, typed: TypedValue) -> dict[str, str]:
    component = definition.component(typed.code)
    return {"unit": (component.unit_display or component.unit or "—") if component else "—"}

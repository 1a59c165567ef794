"""Judging entered values for one patient: choose the range, set the flag, work out what is derived, copy all of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.exam_results.domain import errors, kidney_function
from services.exam_results.domain.age import full_years
from services.exam_results.domain.catalogue import Component, ExamDefinition, ResultType
from services.exam_results.domain.limits import Flag, judge, select
from services.exam_results.domain.people import Sex
from services.exam_results.domain.quantity import Quantity
from services.exam_results.domain.results import EnteredValue, Result, band_text, range_text


@dataclass(frozen=True, slots=True)
class Subject:
    """The patient on the day of collection: sex and age then, not now, choose the range."""

    sex: Sex
    birth_date: date
    collected_on: date

    @classmethod
    def on_the_day(cls, sex: Sex, birth_date: date, collected_at: datetime, time_zone: str) -> "Subject":
        """The calendar day of the collection is the one of the clinic's own clock."""
        return cls(sex, birth_date, collected_at.astimezone(ZoneInfo(time_zone)).date())

    @property
    def years(self) -> int:
        return full_years(self.birth_date, self.collected_on)


def evaluate(
    definition: ExamDefinition, entered: Iterable[EnteredValue], subject: Subject
) -> tuple[Result, ...]:
    """Return the results in the exam's order: what was entered, and what can be derived from it."""
    values = {each.code: each.value for each in entered}
    for component in definition.components:
        if component.derived_from and component.derived_from in values:
            values[component.code] = _derive(Quantity(values[component.derived_from]), subject)
    return tuple(
        _result(component, values[component.code], subject)
        for component in definition.components
        if component.code in values
    )


def missing(definition: ExamDefinition, results: Iterable[Result]) -> tuple[str, ...]:
    """Return the codes of the components that have no result yet, in the exam's order."""
    present = {result.code for result in results}
    return tuple(component.code for component in definition.components if component.code not in present)


def blank_lines(definition: ExamDefinition, subject: Subject) -> tuple[Result, ...]:
    """Return every line of the form a technician is about to fill in: units and ranges, no value yet."""
    return tuple(_blank(component, subject) for component in definition.components)


def _blank(component: Component, subject: Subject) -> Result:
    chosen = select(component.ranges, subject.sex, subject.birth_date, subject.collected_on)
    limits = chosen.limits if chosen else None
    is_quantity = component.type is ResultType.QUANTITY
    return Result(
        code=component.code,
        loinc=component.loinc,
        name_pt=component.name_pt,
        name_en=component.name_en,
        type=component.type,
        value="",
        value_display_pt="",
        value_display_en="",
        unit=component.unit,
        unit_display=component.unit_display,
        range=limits,
        range_pt=range_text(limits, "pt-BR") if is_quantity else _expected(component, "pt-BR"),
        range_en=range_text(limits, "en") if is_quantity else _expected(component, "en"),
        flag=None,
        bands=tuple(band_text(band) for band in component.bands),
    )


def _derive(creatinine: Quantity, subject: Subject) -> str:
    rate = kidney_function.estimate(creatinine.number, subject.sex, subject.years)
    if rate is None:
        raise errors.NOT_FOR_PATIENT.error()
    return rate.text


def _result(component: Component, value: str, subject: Subject) -> Result:
    if component.type is ResultType.QUANTITY:
        return _quantity(component, Quantity(value), subject)
    option = component.option(value) if component.type is ResultType.CODED else None
    return Result(
        code=component.code,
        loinc=component.loinc,
        name_pt=component.name_pt,
        name_en=component.name_en,
        type=component.type,
        value=value,
        value_display_pt=option.pt if option else value,
        value_display_en=option.en if option else value,
        unit=None,
        unit_display=None,
        range=None,
        range_pt=_expected(component, "pt-BR"),
        range_en=_expected(component, "en"),
        flag=_coded_flag(component, value) if option else None,
    )


def _quantity(component: Component, quantity: Quantity, subject: Subject) -> Result:
    chosen = select(component.ranges, subject.sex, subject.birth_date, subject.collected_on)
    critical = select(component.criticals, subject.sex, subject.birth_date, subject.collected_on)
    limits = chosen.limits if chosen else None
    return Result(
        code=component.code,
        loinc=component.loinc,
        name_pt=component.name_pt,
        name_en=component.name_en,
        type=component.type,
        value=quantity.text,
        value_display_pt=quantity.shown("pt-BR"),
        value_display_en=quantity.shown("en"),
        unit=component.unit,
        unit_display=component.unit_display,
        range=limits,
        range_pt=range_text(limits, "pt-BR"),
        range_en=range_text(limits, "en"),
        flag=judge(quantity.number, limits, critical),
        bands=tuple(band_text(band) for band in component.bands),
    )


def _coded_flag(component: Component, code: str) -> Flag | None:
    if not component.normal:
        return None
    return Flag.NORMAL if code in component.normal else Flag.ABNORMAL


def _expected(component: Component, locale: str) -> str:
    """Return the normal options' names; without any, that no range is on file."""
    english = locale.startswith("en")
    normal = [option for option in component.options if option.code in component.normal]
    if not normal:
        return range_text(None, locale)
    return (" or " if english else " ou ").join(option.en if english else option.pt for option in normal)

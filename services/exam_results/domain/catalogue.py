"""What a laboratory offers: exams, their components, and how each result is written and judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from services.exam_results.domain.limits import Band, CriticalLimits, ReferenceRange
from services.exam_results.domain.people import Sex


class ResultType(StrEnum):
    QUANTITY = "quantity"
    CODED = "coded"
    TEXT = "text"


class Embargo(StrEnum):
    """When the patient may read a released result of a sensitive class."""

    NONE = "none"
    OPTIONAL = "embargo_optional"  # the releaser may ask for one
    DEFAULT = "embargo_default"  # held back until the doctor, the patient's request or time lifts it
    PATIENT_PRIVATE = "patient_private"  # at once, to the patient alone


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    pt: str
    en: str


@dataclass(frozen=True, slots=True)
class Plausible:
    """Values outside are slips of the keyboard (a lost comma, another unit), not findings."""

    lo: Decimal
    hi: Decimal

    def holds(self, value: Decimal) -> bool:
        return self.lo <= value <= self.hi


@dataclass(frozen=True, slots=True)
class Component:
    """One line of a report."""

    code: str
    loinc: str
    name_pt: str
    name_en: str
    type: ResultType
    unit: str | None = None  # UCUM
    unit_display: str | None = None
    ranges: tuple[ReferenceRange, ...] = ()
    criticals: tuple[CriticalLimits, ...] = ()
    bands: tuple[Band, ...] = ()
    options: tuple[Option, ...] = ()
    normal: frozenset[str] = frozenset()
    plausible: Plausible | None = None
    derived_from: str | None = None

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)

    def takes_unit(self, unit: str | None) -> bool:
        """True for the UCUM code or the printed unit, and for no unit where there is none."""
        return (unit or None) in {self.unit, self.unit_display}


@dataclass(frozen=True, slots=True)
class ExamDefinition:
    code: str
    loinc: str
    name_pt: str
    name_en: str
    panel: bool
    specimen_pt: str
    specimen_en: str
    components: tuple[Component, ...]
    sensitive: str | None = None
    embargo: Embargo = Embargo.NONE
    sex_only: Sex | None = None

    def component(self, code: str) -> Component | None:
        return next((component for component in self.components if component.code == code), None)

    @property
    def derives(self) -> bool:
        return any(component.derived_from for component in self.components)


class CatalogueFault(ValueError):
    """The catalogue contradicts itself; it must not go into use."""


@dataclass(frozen=True)
class Catalogue:
    version: str
    exams: tuple[ExamDefinition, ...]
    _by_code: Mapping[str, ExamDefinition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", {exam.code: exam for exam in self.exams})
        _refuse_repeats(exam.code for exam in self.exams)
        for exam in self.exams:
            _refuse_repeats(component.code for component in exam.components)

    def find(self, code: str) -> ExamDefinition | None:
        return self._by_code.get(code)


def _refuse_repeats(codes: Iterable[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise CatalogueFault(f"code {code} stands twice")
        seen.add(code)

"""A result as the report states it: everything copied in, so that no later change of a table can alter it."""

from dataclasses import dataclass

from services.exam_results.domain.catalogue import ResultType
from services.exam_results.domain.limits import Band, Flag, Limits
from services.exam_results.domain.quantity import shown

NO_RANGE_PT = "sem faixa cadastrada"
NO_RANGE_EN = "no range on file"


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """What a technician typed, read but not yet judged: digits, an option's code, or text."""

    code: str
    value: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class BandText:
    pt: str
    en: str


@dataclass(frozen=True, slots=True)
class Result:
    code: str
    loinc: str
    name_pt: str
    name_en: str
    type: ResultType
    value: str
    value_display_pt: str
    value_display_en: str
    unit: str | None
    unit_display: str | None
    range: Limits | None
    range_pt: str
    range_en: str
    flag: Flag | None
    bands: tuple[BandText, ...] = ()
    note: str | None = None

    @property
    def is_critical(self) -> bool:
        return self.flag in {Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH}

    @property
    def is_flagged(self) -> bool:
        return self.flag not in {None, Flag.NORMAL}


def range_text(limits: Limits | None, locale: str) -> str:
    """Return a range in words and digits: `12,0 a 16,0`, `até 32`, `menor que 190`, or that there is none."""
    english = locale.startswith("en")
    if limits is None or not limits.numbers():
        return NO_RANGE_EN if english else NO_RANGE_PT
    if limits.lo is not None and limits.hi is not None:
        low, high = shown(limits.lo, locale), shown(limits.hi, locale)
        return f"{low} to {high}" if english else f"{low} a {high}"
    words = [
        f"{word_en if english else word_pt} {shown(limit, locale)}"
        for limit, word_pt, word_en in (
            (limits.lo, "a partir de", "from"),
            (limits.gt, "maior que", "above"),
            (limits.hi, "até", "up to"),
            (limits.lt, "menor que", "below"),
        )
        if limit is not None
    ]
    return (" and " if english else " e ").join(words)


def band_text(band: Band) -> BandText:
    return BandText(
        pt=f"{band.pt}: {range_text(band.limits, 'pt-BR')}", en=f"{band.en}: {range_text(band.limits, 'en')}"
    )

"""Estimated glomerular filtration rate from creatinine, CKD-EPI 2021 without race.

Source: Inker LA et al., "New Creatinine- and Cystatin C-Based Equations to Estimate GFR without Race",
N Engl J Med 2021;385:1737-1749, table 2 (creatinine in mg/dL, result in mL/min/1.73 m2, people of 18 or more).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from services.exam_results.domain.people import Sex
from services.exam_results.domain.quantity import Quantity

ADULT_YEARS = 18
_HIGHEST_REPORTED = 90  # above it the equation is imprecise: the laboratory reports ">90"


@dataclass(frozen=True, slots=True)
class _Coefficients:
    kappa: Decimal
    alpha: Decimal
    factor: Decimal


_BY_SEX = {
    Sex.FEMALE: _Coefficients(Decimal("0.7"), Decimal("-0.241"), Decimal("1.012")),
    Sex.MALE: _Coefficients(Decimal("0.9"), Decimal("-0.302"), Decimal(1)),
}


def applies_to(sex: Sex, years: int) -> bool:
    return sex in _BY_SEX and years >= ADULT_YEARS


def estimate(creatinine: Decimal, sex: Sex, years: int) -> Quantity | None:
    """Return the rate in whole mL/min/1.73 m2, `>90` above 90; None where the equation does not hold."""
    if not applies_to(sex, years) or creatinine <= 0:
        return None
    by_sex = _BY_SEX[sex]
    with localcontext(Context(prec=28)):
        ratio = creatinine / by_sex.kappa
        rate = (
            Decimal(142)
            * min(ratio, Decimal(1)) ** by_sex.alpha
            * max(ratio, Decimal(1)) ** Decimal("-1.200")
            * Decimal("0.9938") ** years
            * by_sex.factor
        )
        whole = rate.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return Quantity(f">{_HIGHEST_REPORTED}") if whole > _HIGHEST_REPORTED else Quantity(str(whole))

"""Telling a slip of the keyboard from a finding.

Impossible (refused): outside what the unit or the body allows. A percentage above 100, a pH above 14, and, for the
analytes that the shipped `plausibility.yaml` lists, outside its deliberately wide limits.
Unusual (accepted with a warning): more than three times the highest limit on file for any sex and age, or less
than a third of the lowest lower limit; the person checks the comma. Analytes that truly rise a
thousandfold are never refused, only warned of.
"""

from decimal import Decimal

from services.exam_results.domain.catalogue import Component

_FACTOR = Decimal(3)
_HIGHEST_OF_UNIT = {"%": Decimal(100), "[pH]": Decimal(14)}


def is_impossible(component: Component, value: Decimal) -> bool:
    highest = _HIGHEST_OF_UNIT.get(component.unit or "")
    if highest is not None and value > highest:
        return True
    return component.plausible is not None and not component.plausible.holds(value)


def is_unusual(component: Component, value: Decimal) -> bool:
    numbers = _limits_on_file(component)
    if not numbers:
        return False
    lowest = min(_lower_limits(component), default=Decimal(0))
    return value > max(numbers) * _FACTOR or value * _FACTOR < lowest


def _limits_on_file(component: Component) -> list[Decimal]:
    numbers = [number for each in component.ranges for number in each.limits.numbers()]
    numbers += [limit for each in component.criticals for limit in (each.lo, each.hi) if limit is not None]
    return numbers + [number for band in component.bands for number in band.limits.numbers()]


def _lower_limits(component: Component) -> list[Decimal]:
    limits = [each.limits for each in component.ranges]
    lows = (
        [each.lo for each in limits]
        + [each.gt for each in limits]
        + [each.lo for each in component.criticals]
    )
    return [low for low in lows if low is not None]


def decimals_on_file(component: Component) -> int:
    """Return the most decimals that any limit of this component has."""
    exponents = [number.as_tuple().exponent for number in _limits_on_file(component)]
    return max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)

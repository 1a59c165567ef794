"""Draws where a value lies in its reference range: a small SVG made on the server, without inline style."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from markupsafe import Markup, escape

_WIDTH = Decimal(132)
_PAD = Decimal(8)
_HALF = Decimal("0.5")


def draw(result: Mapping[str, Any], label: str) -> Markup:
    """Return the drawing, or nothing where there is no number or no range to compare it with."""
    value, bounds = _number(result.get("value")), result.get("range")
    if value is None or not bounds or result.get("type") != "quantity":
        return Markup("")
    low = _number(bounds.get("lo")) if bounds.get("lo") is not None else _number(bounds.get("gt"))
    high = _number(bounds.get("hi")) if bounds.get("hi") is not None else _number(bounds.get("lt"))
    if low is None and high is None:
        return Markup("")
    start, end = _axis(low, high)
    left = _place(low, start, end) if low is not None else _PAD
    right = _place(high, start, end) if high is not None else _WIDTH - _PAD
    at = min(max(_place(value, start, end), _PAD), _WIDTH - _PAD)
    is_outside = (result.get("flag") or "N") != "N"
    return Markup(
        '<svg class="range-bar" viewBox="0 0 {width} 18" width="{width}" height="18" role="img" aria-label="{label}">'
        '<rect class="range-track" x="{pad}" y="7" width="{track}" height="4" rx="2"/>'
        '<rect class="range-normal" x="{left}" y="6" width="{span}" height="6" rx="3"/>{mark}</svg>'
    ).format(
        width=_WIDTH,
        pad=_PAD,
        track=_WIDTH - 2 * _PAD,
        left=_px(left),
        span=_px(max(right - left, Decimal(2))),
        label=escape(label),
        mark=_mark(at, is_outside),
    )


def _mark(at: Decimal, is_outside: bool) -> Markup:
    """A diamond outside the range, a disc inside: told apart without colour."""
    if not is_outside:
        return Markup('<circle class="range-value" cx="{at}" cy="9" r="5"/>').format(at=_px(at))
    points = f"{_px(at)},2 {_px(at + 7)},9 {_px(at)},16 {_px(at - 7)},9"
    return Markup('<polygon class="range-value range-outside" points="{points}"/>').format(points=points)


def _axis(low: Decimal | None, high: Decimal | None) -> tuple[Decimal, Decimal]:
    """The range takes the middle half; a one-sided range starts at zero."""
    if low is not None and high is not None and high > low:
        margin = (high - low) * _HALF
        return low - margin, high + margin
    edge = abs(high if high is not None else low if low is not None else Decimal(1)) or Decimal(1)
    return Decimal(0), edge * Decimal("1.6")


def _place(value: Decimal, start: Decimal, end: Decimal) -> Decimal:
    return _PAD + (value - start) / (end - start) * (_WIDTH - 2 * _PAD)


def _px(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.1")))


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

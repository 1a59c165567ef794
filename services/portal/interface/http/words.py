"""Picks the language of what a service sends in both, and puts codes into words."""

from collections.abc import Mapping
from typing import Any

from services.portal.interface.http.texts import catalogue, text


def say(thing: Mapping[str, Any] | None, name: str, locale: str) -> str:
    """Return `thing[name_pt]` or `thing[name_en]`, whichever the page speaks; "" when there is none."""
    if thing is None:
        return ""
    return str(thing.get(f"{name}_{'en' if locale == 'en' else 'pt'}") or "")


def flag_word(flag: str | None, locale: str) -> str:
    return text(locale, f"flag.{flag or 'none'}")


# What the catalogue shows in Portuguese words, for readers of English; the UCUM code says what it is.
_UNITS_EN = {"10*6/uL": "10⁶/µL", "10*3/uL": "10³/µL", "m[IU]/mL": "mIU/mL", "u[IU]/mL": "µIU/mL"}
_UNITS_EN |= {"/[HPF]": "per field", "{INR}": "INR"}


def unit(item: Mapping[str, Any], locale: str) -> str:
    """The unit beside a value: as the catalogue displays it, or for English its own writing of the same code.

    Nothing where the catalogue prints none: the code of a mere ratio is `1`, which would read as a digit of the value.
    """
    if locale == "en" and item.get("unit") in _UNITS_EN:
        return _UNITS_EN[item["unit"]]
    return str(item.get("unit_display") or "")


def known(locale: str, prefix: str, code: str) -> str:
    """Return the words for a code, or the code itself where a service knows one that we do not."""
    return catalogue(locale).get(f"{prefix}.{code}", code)


def short_name(name: str) -> str:
    """The first name, with the title before it: `Dra. Beatriz`, `Ana`."""
    words = name.split()
    ends = next((at for at, word in enumerate(words) if not word.endswith(".")), len(words) - 1)
    return " ".join(words[: ends + 1])


def initial(name: str) -> str:
    return short_name(name).rsplit(" ", 1)[-1][:1].upper()

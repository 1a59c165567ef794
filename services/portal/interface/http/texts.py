"""Every sentence of the portal, one catalogue per language; both hold the same keys and placeholders, by test."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LOCALES = ("pt-BR", "en")
DEFAULT_LOCALE = "pt-BR"
_FOLDER = Path(__file__).with_name("texts")


def supported(locale: str | None) -> str | None:
    """Return the locale we speak that `locale` asks for, or None."""
    if not locale:
        return None
    return "en" if locale.lower().startswith("en") else "pt-BR" if locale.lower().startswith("pt") else None


@cache
def catalogue(locale: str) -> Mapping[str, str]:
    with (_FOLDER / f"{locale}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file), ""))


def text(locale: str, key: str, **params: Any) -> str:
    """Return the sentence; a missing key is a bug and raises KeyError."""
    sentence = catalogue(locale)[key]
    return sentence.format(**params) if params else sentence


def _flat(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in tree.items():
        key = f"{prefix}{name}"
        pairs += _flat(value, f"{key}.") if isinstance(value, dict) else [(key, str(value))]
    return pairs

"""The texts shipped with the product, each held to the digest it was published with."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from services.accounts.domain.account import Locale
from services.accounts.domain.consent import ConsentKind, ConsentText, Wording

FILE = Path(__file__).with_name("consent_texts.toml")
_LOCALES: tuple[Locale, ...] = ("pt-BR", "en")


class ShippedConsentTexts:
    """Raises ValueError at the start when a text differs from its digest, or a version is missing."""

    def __init__(self, file: Path = FILE) -> None:
        self._texts = _read(file)

    def of(self, kind: ConsentKind) -> Sequence[ConsentText]:
        return self._texts[kind]


def digest(title: str, body: str) -> str:
    return hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()


@cache
def _read(file: Path) -> Mapping[ConsentKind, tuple[ConsentText, ...]]:
    written = [_text(each) for each in tomllib.loads(file.read_text("utf-8"))["texts"]]
    found: dict[ConsentKind, tuple[ConsentText, ...]] = {}
    for kind in ConsentKind:
        found[kind] = tuple(text for text in written if text.kind is kind)
        if not found[kind] or [text.version for text in found[kind]] != [*range(1, len(found[kind]) + 1)]:
            raise ValueError(f"{file.name}: the versions of {kind} are not 1, 2, 3 ...")
    return found


def _text(written: Mapping[str, Any]) -> ConsentText:
    return ConsentText(
        kind=ConsentKind(written["kind"]),
        version=written["version"],
        published_on=written["published_on"],
        asks_again=written["asks_again"],
        wordings={locale: _wording(written, locale) for locale in _LOCALES},
    )


def _wording(written: Mapping[str, Any], locale: Locale) -> Wording:
    wording = Wording(**written[locale])
    if wording.sha256 != digest(wording.title, wording.body):
        name = f"{written['kind']} {written['version']} {locale}"
        raise ValueError(f"the text {name} is not the one with its digest: a change is a new version")
    return wording

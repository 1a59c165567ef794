"""Both languages say the same things, and nothing is said that no page says."""

import re
from pathlib import Path
from string import Formatter

import pytest

from services.portal.interface.http.texts import LOCALES, catalogue, supported
from services.shared.contracts.catalogue import MESSAGES
from services.shared.platform.messaging.failures import Reason

HTTP = Path(__file__).parents[3] / "services" / "portal" / "interface" / "http"
# Keys put together while rendering: every one of their families is listed here.
FAMILIES = (
    *("notice", "sex", "state", "stage", "flag", "factor", "warning", "progress", "template", "channel"),
    *("service", "event", "dead_reason"),
    *("other_way", "verify.valid", "verify.replaced", "verify.unknown", "staff.how", "contact_reason"),
    *("scope.", "others.", "guardian."),
    *("erasure_item", "erasure_text", "erasure_will", "erasure_done", "erasure_decision", "receipt_state"),
    "own_data_who",
    "identified",
    "correction_field",
    "correction_state",
    *("consent_kind", "consent_act", "consent_by", "consent_channel"),
    *(
        "delivery",
        "role",
        "access_action",
        "audit_action",
        "audit_who",
        "audit_column",
        "client_state",
        "machine_scope",
        "secret_overlap",
        "access_purpose",
        "failure",
        "bench",
        "exam.cancelled_text",
        "exam.entered_in_error_text",
    ),
)
_LITERAL = re.compile(r"""["']([a-z_]+\.[A-Za-z_]+)["']""")


def _sources() -> str:
    files = [*HTTP.rglob("*.html"), *HTTP.rglob("*.py")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_keys() -> None:
    portuguese, english = (set(catalogue(locale)) for locale in LOCALES)
    assert portuguese == english


def test_both_languages_fill_the_same_blanks() -> None:
    portuguese, english = (catalogue(locale) for locale in LOCALES)
    differing = [key for key in portuguese if _placeholders(portuguese[key]) != _placeholders(english[key])]
    assert differing == []


def test_no_sentence_is_empty_or_left_in_the_other_language() -> None:
    portuguese, english = (catalogue(locale) for locale in LOCALES)
    same = {key for key in portuguese if portuguese[key] == english[key] and len(portuguese[key].split()) > 2}
    assert same == set()
    assert all(sentence.strip() for sentence in (*portuguese.values(), *english.values()))


def test_every_text_a_page_asks_for_exists() -> None:
    sections = {key.split(".")[0] for key in catalogue("pt-BR")}
    asked = {key for key in _LITERAL.findall(_sources()) if key.split(".")[0] in sections}
    assert {key for key in asked if not key.endswith(".html")} <= set(catalogue("pt-BR"))


def test_every_message_type_and_every_reason_of_a_failure_has_words() -> None:
    needed = {f"event.{name}" for name in MESSAGES} | {
        f"{family}.{reason}" for family in ("dead_reason", "dead_reason_text") for reason in Reason
    }
    assert {key for key in catalogue("pt-BR") if key.startswith(("event.", "dead_reason"))} == needed


def test_every_text_is_asked_for_by_a_page() -> None:
    asked = set(_LITERAL.findall(_sources()))
    unused = [key for key in catalogue("pt-BR") if key not in asked and not key.startswith(FAMILIES)]
    assert unused == []


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("en", "en"),
        ("en-US", "en"),
        ("fr", None),
        ("", None),
        (None, None),
    ],
)
def test_only_languages_we_speak_are_accepted(asked: str | None, spoken: str | None) -> None:
    assert supported(asked) == spoken

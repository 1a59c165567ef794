"""The pages of docs/security state what the code does: who may call what, how long, how often, which words."""

import re
from datetime import timedelta
from pathlib import Path

from infra.docs.functions import page
from services.accounts.domain import (
    attempts,
    invitation,
    one_time_code,
    password,
    recovery_code,
    session,
    ticket,
)
from services.accounts.infrastructure.keys.signing import LIFETIME_S
from services.accounts.infrastructure.reference_data import common_passwords
from services.portal.bootstrap.settings import PortalSettings
from services.shared.kernel.principal import STEP_UP_LIFETIME

ROOT = Path(__file__).resolve().parents[2]
WORDS = {5: "five", 7: "seven", 10: "ten"}


def text(name: str) -> str:
    """Return a page with its lines joined."""
    return " ".join((ROOT / "docs/security" / name).read_text(encoding="utf-8").split())


def test_the_page_of_functions_is_what_the_routes_declare() -> None:
    [(path, wanted)] = page().items()
    assert wanted.count("\n| `/api/v1/") > 100
    assert path.read_text(encoding="utf-8") == wanted, "run `make docs`"


def test_the_words_refused_in_passwords_are_those_listed() -> None:
    listed = re.search(r"<!-- words --> (.*) <!-- /words -->", text("authentication.md"))
    assert listed is not None
    assert listed[1].split(", ") == sorted(password.PRODUCT_WORDS)


def test_the_pages_state_the_numbers_of_the_code() -> None:
    ways, sessions = text("authentication.md"), text("sessions.md")
    lines = Path(common_passwords.__file__).with_suffix(".txt").read_text("utf-8").splitlines()
    long_ones = sum(len(line) >= password.SHORTEST_ALONE for line in lines)
    assert f"At least {password.SHORTEST_ALONE} characters where the password stands alone" in ways
    assert f"{password.SHORTEST_WITH_FACTOR} beside a second factor, at most {password.LONGEST};" in ways
    assert f"any of {len(lines):,} known passwords" in ways
    assert f"{long_ones} of them have {password.SHORTEST_ALONE} characters" in ways
    assert attempts.FREE == 5
    assert "Five are free, then 30 s, doubling to 15 minutes" in ways
    assert f"({attempts.FREE_FOR_STRANGERS} free)" in ways
    lifetimes = {one_time_code.LIFETIME, ticket.CODE_LIFETIME, ticket.LIFETIME[ticket.Errand.RESET]}
    assert lifetimes == {timedelta(minutes=10)}
    assert one_time_code.MOST_TRIES == ticket.MOST_TRIES == ticket.MOST_CODES_AN_HOUR == 5
    assert "ten minutes, five tries, once" in ways
    assert f"{WORDS[recovery_code.HOW_MANY]}, shown once" in ways
    assert f"good for {WORDS[invitation.LIFETIME.days]} days and once" in ways
    assert PortalSettings.model_fields["session_idle_s"].default == 3600
    idle, absolute = session.IDLE // timedelta(hours=1), session.ABSOLUTE.days
    assert f"{idle} hours without use, {absolute} days in any case" in sessions
    assert f"{WORDS[LIFETIME_S // 60]} minutes; when its session ends" in sessions
    assert f"| {WORDS[STEP_UP_LIFETIME // timedelta(minutes=1)]} minutes |" in sessions

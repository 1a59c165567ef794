"""Passwords, pauses, codes and sessions, as rules without I/O."""

import contextlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.attempts import FORGOTTEN_AFTER, Attempts
from services.accounts.domain.login import Login
from services.accounts.domain.one_time_code import LIFETIME, MOST_TRIES, OneTimeCode, new_code
from services.accounts.domain.password import accept_password, normal_password
from services.accounts.domain.second_factor import CodeVerdict, judge_code
from services.accounts.domain.session import ABSOLUTE, IDLE, RefreshVerdict, Session, judge_refresh
from services.accounts.infrastructure.reference_data import common_passwords
from services.accounts.infrastructure.reference_data.common_passwords import ShippedPasswordBlocklist
from services.accounts.infrastructure.security.authenticator import TotpAuthenticator
from services.shared.kernel.errors import LaudoError
from services.shared.kernel.ids import new_id
from tests.unit.accounts.samples import NOW, SECRET, World

ANA = Login.typed("ana.lima@example.com")


def accept(password: str, *, has_factor: bool = True, names: tuple[str, ...] = ("Ana Lívia Lima",)) -> str:
    return accept_password(password, ANA, ShippedPasswordBlocklist(), has_factor=has_factor, names=names)


@pytest.mark.parametrize(
    "password", ["correct horse", "três palavras", "k7vq2mzd", "x7" * 64, "ПарольМой1", "20391847265"]
)
def test_long_enough_passwords_need_no_composition(password: str) -> None:
    assert accept(password) == normal_password(password)


@pytest.mark.parametrize(
    ("password", "has_factor"), [("short77", True), ("x1" * 65, True), ("fourteen chars", False)]
)
def test_too_short_and_too_long_passwords_are_refused(password: str, has_factor: bool) -> None:
    """SP 800-63B-4, 3.1.1.2: 15 characters alone, 8 beside a second factor."""
    with pytest.raises(LaudoError, match="password_length"):
        accept(password, has_factor=has_factor)
    assert accept("fifteen charact", has_factor=False)


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "SENHA123",
        "flamengo",
        "12345678",
        "87654321",
        "aaaaaaaaaa",
        "ana.lima@example.com",
        "Ana.Lima",
        "analivia1988",
        "Laudo-2026-Exames",
        "ana lívia lima 123",
        "Paciente2026",
        "Clínica-Saúde-2026",
        "senhaLaboratório1",
    ],
)
def test_passwords_everybody_tries_and_what_the_person_is_called_are_refused(password: str) -> None:
    with pytest.raises(LaudoError, match="password_common"):
        accept(password)


def test_the_shipped_list_holds_tens_of_thousands_and_finds_whole_lines_alone() -> None:
    blocklist = ShippedPasswordBlocklist()
    lines = Path(common_passwords.__file__).with_suffix(".txt").read_text("utf-8").splitlines()
    assert len(lines) > 40_000
    assert all(blocklist.holds(line) for line in (lines[0], lines[-1], "qwertyuiop", "minhasenha"))
    assert not any(
        blocklist.holds(part) for part in (lines[0][1:], "", "\n", "três palavras", lines[0] + "\n")
    )


@given(st.text(max_size=40), st.lists(st.text(max_size=12), max_size=4))
def test_no_text_breaks_the_rules_of_passwords(password: str, names: list[str]) -> None:
    with contextlib.suppress(LaudoError):
        assert len(accept(password, names=tuple(names))) >= 8


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    assert normal_password("cafe\u0301 com pa\u0303o") == normal_password("café com pão")


def test_five_failures_are_free_then_each_doubles_the_pause_up_to_fifteen_minutes() -> None:
    attempts, now = Attempts(), NOW
    for _ in range(4):
        attempts = attempts.failed(now)
        attempts.check(now)
    waits = []
    for _ in range(8):
        attempts = attempts.failed(now)
        with pytest.raises(LaudoError, match="too_many_attempts") as refused:
            attempts.check(now)
        waits.append(refused.value.params["wait_seconds"] - 1)
        now += timedelta(seconds=waits[-1])
        attempts.check(now)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_failures_are_forgotten_after_a_day() -> None:
    attempts = Attempts(20, NOW)
    assert attempts.failed(NOW + FORGOTTEN_AFTER).failures == 1


@given(st.integers(-3, 3), st.integers(-5, 5) | st.none())
def test_a_code_is_good_once_and_only_around_its_time(offset: int, used: int | None) -> None:
    authenticator, clock = TotpAuthenticator(), World().clock
    code = World().code(steps_ahead=offset)
    current = int(clock.now().timestamp()) // 30
    step = authenticator.step_of(SECRET, code, clock.now())
    verdict = judge_code(step, None if used is None else current + used)
    if abs(offset) > 1:
        assert verdict is CodeVerdict.WRONG
    elif used is not None and used >= offset:
        assert verdict is CodeVerdict.REPLAYED
    else:
        assert verdict is CodeVerdict.ACCEPTED


def a_session() -> Session:
    return Session(new_id(), new_id(), None, started_at=NOW, last_used_at=NOW)


def test_a_session_ends_after_twelve_idle_hours() -> None:
    session = a_session()
    assert session.is_open(NOW + IDLE - timedelta(seconds=1))
    assert not session.is_open(NOW + IDLE)


def test_a_session_ends_after_seven_days_however_busy() -> None:
    session = a_session().used(NOW + ABSOLUTE - timedelta(minutes=1))
    assert session.is_open(NOW + ABSOLUTE - timedelta(seconds=1))
    assert not session.is_open(NOW + ABSOLUTE)


def test_a_refresh_token_is_good_once() -> None:
    session = a_session()
    assert judge_refresh(session, None, NOW) is RefreshVerdict.ROTATED
    assert judge_refresh(session, NOW, NOW) is RefreshVerdict.REUSED
    assert judge_refresh(session.revoked(NOW), None, NOW) is RefreshVerdict.ENDED


def test_a_code_lasts_ten_minutes_and_five_tries() -> None:
    code = OneTimeCode(new_id(), NOW, NOW + LIFETIME)
    assert code.is_open(NOW + timedelta(minutes=9))
    assert not code.is_open(NOW + timedelta(minutes=10))
    for _ in range(MOST_TRIES):
        assert code.is_open(NOW)
        code = code.tried()
    assert not code.is_open(NOW)


def test_codes_are_a_minute_apart_and_ten_after_five_wrong_tries() -> None:
    code = OneTimeCode(new_id(), NOW, NOW + LIFETIME)
    assert not code.allows_another(NOW + timedelta(seconds=59))
    assert code.allows_another(NOW + timedelta(seconds=60))
    burnt = OneTimeCode(new_id(), NOW, NOW + LIFETIME, tries=MOST_TRIES)
    assert not burnt.allows_another(NOW + timedelta(minutes=9))
    assert burnt.allows_another(NOW + timedelta(minutes=10))


def test_a_new_code_has_six_digits() -> None:
    codes = {new_code() for _ in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 150

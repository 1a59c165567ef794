"""When a signing key is announced, signs and is withdrawn."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from services.accounts.domain.signing_schedule import (
    ANNOUNCED_FOR,
    KEPT_FOR,
    TOKEN_LIFETIME,
    KeyChange,
    KeyTimes,
    announced,
    by_schedule,
    replaced_at_once,
    signer,
)
from tests.unit.accounts.samples import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OLD = KeyTimes("old", NOW)


def test_the_first_key_signs_at_once() -> None:
    assert by_schedule([], NOW, HOUR) == KeyChange(NOW)
    assert signer([OLD], NOW - MINUTE) == OLD  # a clock that is behind


def test_the_next_key_is_announced_before_it_signs_and_once() -> None:
    due = NOW + HOUR - ANNOUNCED_FOR
    assert by_schedule([OLD], due - MINUTE, HOUR) == KeyChange()
    assert by_schedule([OLD], due, HOUR) == KeyChange(NOW + HOUR)
    waiting = [OLD, KeyTimes("new", NOW + HOUR)]
    assert by_schedule(waiting, due + MINUTE, HOUR) == KeyChange()
    assert announced(waiting, due) == KeyChange()
    assert announced([OLD], NOW + MINUTE) == KeyChange(NOW + MINUTE + ANNOUNCED_FOR)
    assert signer(waiting, NOW + HOUR - MINUTE).kid == "old"
    assert signer(waiting, NOW + HOUR).kid == "new"


def test_the_old_key_stays_until_its_last_token_ran_out() -> None:
    keys = [OLD, KeyTimes("new", NOW + HOUR)]
    assert by_schedule(keys, NOW + HOUR + TOKEN_LIFETIME, HOUR * 9).retired == frozenset()
    assert by_schedule(keys, NOW + HOUR + KEPT_FOR, HOUR * 9).retired == {"old"}


def test_a_key_that_others_know_goes_at_once() -> None:
    assert replaced_at_once([OLD], NOW) == KeyChange(NOW, frozenset({"old"}))


@settings(max_examples=100)
@given(
    every=some.integers(20, 500),
    looks=some.lists(some.integers(1, 40), min_size=20, max_size=60),
    wishes=some.sets(some.integers(0, 59), max_size=5),
)
def test_whenever_somebody_looks_the_signer_was_announced_and_stays_while_its_tokens_live(
    every: int, looks: list[int], wishes: set[int]
) -> None:
    """A worker that looks now and then, for hours: minutes between looks, some of them a person's wish."""
    now, keys, seen = NOW, [KeyTimes("0", NOW)], {"0": NOW}
    signed: dict[str, datetime] = {}
    for count, minutes in enumerate(looks):
        for _ in range(minutes):
            now += MINUTE
            signed[signer(keys, now).kid] = now
        change = announced(keys, now) if count in wishes else by_schedule(keys, now, every * MINUTE)
        if change.new_from is not None:
            kid = str(len(seen))
            keys, seen = [*keys, KeyTimes(kid, change.new_from)], seen | {kid: now}
            assert change.new_from - now >= ANNOUNCED_FOR
        for kid in change.retired:
            assert kid not in signed or now - signed[kid] >= TOKEN_LIFETIME
        keys = [key for key in keys if key.kid not in change.retired]
        assert keys

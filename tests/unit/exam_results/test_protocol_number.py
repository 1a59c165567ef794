"""Protocol numbers survive being read aloud and typed again."""

from hypothesis import given
from hypothesis import strategies as st

from services.exam_results.domain.protocol_number import new_protocol, read_protocol

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
protocols = st.text(ALPHABET, min_size=8, max_size=8).map(lambda body: new_protocol(_dealer(body)))


def _dealer(body: str):  # type: ignore[no-untyped-def]
    symbols = iter(body)
    return lambda _: next(symbols)


@given(protocols)
def test_a_number_is_read_back_however_it_is_typed(protocol: str) -> None:
    assert read_protocol(protocol) == protocol
    careless = protocol.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert read_protocol(careless) == protocol


@given(protocols, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_always_noticed(protocol: str, place: int, wrong: str) -> None:
    plain = protocol.replace("-", "")
    changed = plain[:place] + wrong + plain[place + 1 :]
    assert read_protocol(changed) == (protocol if changed == plain else None)


@given(protocols, st.integers(0, 7))
def test_two_swapped_neighbours_are_always_noticed(protocol: str, place: int) -> None:
    plain = protocol.replace("-", "")
    changed = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    assert read_protocol(changed) == (protocol if changed == plain else None)


@given(st.text(max_size=20))
def test_anything_else_is_no_number_and_no_crash(typed: str) -> None:
    found = read_protocol(typed)
    assert found is None or len(found) == 11


def test_numbers_do_not_follow_one_another() -> None:
    assert len({new_protocol()[:4] for _ in range(200)}) > 150

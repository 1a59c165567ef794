from uuid import uuid4

import pytest

from services.file_management.domain.verification import canonical_code, verification_code

EXAM = uuid4()


def test_code_is_the_same_for_the_same_version_and_another_for_every_other() -> None:
    assert verification_code(b"secret", EXAM, 1) == verification_code(b"secret", EXAM, 1)
    codes = {verification_code(b"secret", uuid4(), version) for version in range(1, 200)}
    assert len(codes) == 199


def test_code_cannot_be_told_from_the_exam_without_the_secret() -> None:
    assert verification_code(b"secret", EXAM, 1) != verification_code(b"other", EXAM, 1)


def test_code_has_four_groups_of_letters_that_are_not_misread() -> None:
    code = verification_code(b"secret", EXAM, 1)
    groups = code.split("-")
    assert [len(group) for group in groups] == [4, 4, 4, 4]
    assert not set("".join(groups)) & set("ILOU")


@pytest.mark.parametrize(
    "typed",
    [
        "7K2M-9QXA-03TR-ZB5H",
        "7k2m9qxa03trzb5h",
        " 7K2M 9QXA 03TR ZB5H\n",
        "7K2M-9QXA-O3TR-ZB5H",
        "7k2m-9qxa-o3tr-zb5h",
    ],
)
def test_a_code_is_known_however_it_was_typed(typed: str) -> None:
    assert canonical_code(typed) == "7K2M-9QXA-03TR-ZB5H"


@pytest.mark.parametrize(
    "typed",
    ["", "7K2M", "7K2M-9QXA-03TR-ZB5", "7K2M-9QXA-03TR-ZB5HH", "7K2M-9QXA-03TR-ZB5U", "7K2M_9QXA_03TR_ZB5H"],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert canonical_code(typed) is None

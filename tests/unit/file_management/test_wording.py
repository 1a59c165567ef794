from datetime import UTC, date, datetime

import pytest

from services.file_management.domain import wording

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(2026, 11, 22), "0 dias"),
        (date(2026, 11, 21), "1 dia"),
        (date(2026, 10, 23), "30 dias"),
        (date(2026, 10, 22), "1 mês"),
        (date(2024, 11, 23), "23 meses"),
        (date(2024, 11, 22), "2 anos"),
        (date(1984, 11, 23), "41 anos"),
        (date(1984, 11, 22), "42 anos"),
    ],
)
def test_age_is_stated_in_the_unit_that_ranges_are_chosen_by(born: date, age: str) -> None:
    assert wording.age_text(born, AT) == age


def test_age_is_that_of_the_clinics_calendar_day_not_of_utc() -> None:
    one_in_the_morning_utc = datetime(2026, 11, 22, 1, tzinfo=UTC)  # still the 21st in Brasília
    assert wording.age_text(date(1984, 11, 22), one_in_the_morning_utc) == "41 anos"


def test_times_are_those_of_the_clinic() -> None:
    assert wording.clinic_time(datetime(2026, 11, 22, 1, 30, tzinfo=UTC)) == "21/11/2026 22:30"


def test_every_flag_has_a_word_and_every_abnormal_one_a_shape() -> None:
    texts = [wording.flag_text(flag) for flag in wording.FLAGS]
    assert len(set(texts)) == len(texts)
    assert all(wording.FLAGS[flag][0] for flag in wording.FLAGS if flag != "N")
    assert wording.flag_text(None) == ""


def test_national_numbers_are_written_as_people_know_them() -> None:
    assert wording.cpf_text("52998224725") == "529.982.247-25"
    assert wording.cns_text("898001160660761") == "898 0011 6066 0761"

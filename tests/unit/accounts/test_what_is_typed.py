"""Names, dates, identifiers and contacts as people type them."""

import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from validate_docbr import CNPJ, CNS

from services.accounts.domain.birth_date import parse_birth_date
from services.accounts.domain.contact import parse_email, parse_phone
from services.accounts.domain.demographics import check_demographics
from services.accounts.domain.identifiers import parse_cnpj, parse_cns, parse_cpf
from services.accounts.domain.login import Login, LoginKind
from services.accounts.domain.masks import mask_cpf, mask_email, mask_phone
from services.accounts.domain.membership import CouncilRegistration
from services.accounts.domain.person_name import parse_person_name
from services.accounts.domain.record_number import record_number, typed_record_number
from services.shared.kernel.errors import LaudoError
from tests.unit.accounts.samples import typed_patient

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "name", ["Ana Lima", "João d'Ávila", "José Antônio dos Santos-Pereira", "Li Wei", "王小明", "Dra. Íris"]
)
def test_names_are_kept_as_they_are_written(name: str) -> None:
    assert parse_person_name(name) == name


def test_a_name_has_one_unicode_form_and_single_spaces() -> None:
    assert parse_person_name("  Joa\u0303o   Lima ") == "João Lima"


@pytest.mark.parametrize(
    "name",
    ["", " ", "A", "x" * 121, "Ana\u202eLima", "Ana\u200bLima", "Ana\nLima", "Ana\u2066 Lima", "Ana\x00", "Ana 2",
     "<b>Ana</b>", "Ana\ufe0f Lima", "\u3164\u3164", "- . '", "Ana\ud800"],
)  # fmt: skip
def test_names_with_invisible_or_foreign_characters_are_refused(name: str) -> None:
    with pytest.raises(LaudoError, match=r"accounts\.name_invalid"):
        parse_person_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "\u0410na Lima",  # Cyrillic А
        "Ana Lim\u0430",  # Cyrillic а at the end
        "J\u03bfão",  # Greek omicron
        "Mari\u0251 Анна",
        "\uff21na Лима",
        "王 Анна",
        "\u13a0\u13a1",  # Cherokee, whose letters look Latin, is no script in everyday use
    ],
)
def test_a_name_that_mixes_alphabets_that_look_alike_is_refused(name: str) -> None:
    with pytest.raises(LaudoError, match=r"accounts\.name_mixed_scripts"):
        parse_person_name(name)


@pytest.mark.parametrize(
    "name", ["Анна Иванова", "Maria 王小明", "田中 はなこ", "Kim 김", "Ελένη", "مريم", "Nguyễn Thị", "Đặng"]
)
def test_names_of_one_writing_stand(name: str) -> None:
    assert parse_person_name(name) == unicodedata.normalize("NFC", name)


@given(st.text(max_size=200))
def test_whatever_is_typed_a_name_is_refused_or_visible_and_stable(text: str) -> None:
    try:
        name = parse_person_name(text)
    except LaudoError:
        return
    assert parse_person_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert all(unicodedata.category(character)[0] in "LMPZS" for character in name)
    assert 2 <= len(name) <= 120


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "date_invalid"),
        ("1988-2-17", "date_invalid"),
        ("17/02/1988", "date_invalid"),
        ("20000101", "date_invalid"),
        ("2000-W01-1", "date_invalid"),
        ("2026-11-23", "birth_date_in_future"),
        ("1899-12-31", "birth_date_too_old"),
    ],
)
def test_birth_dates_that_cannot_be_are_refused(text: str, code: str) -> None:
    with pytest.raises(LaudoError, match=code):
        parse_birth_date(text, TODAY)


@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_day_since_1900_can_be_a_birth_date(day: date) -> None:
    assert parse_birth_date(day.isoformat(), TODAY) == day


def test_a_cpf_is_eleven_digits_with_or_without_punctuation() -> None:
    assert parse_cpf("529.982.247-25") == parse_cpf("52998224725") == "52998224725"


@pytest.mark.parametrize(
    "text",
    ["5299822472", "1234567890", "00000000000", "11111111111", "52998224726", "529982247255", "abc", ""],
)
def test_a_short_long_or_wrong_cpf_is_refused_and_never_padded(text: str) -> None:
    with pytest.raises(LaudoError, match="cpf_invalid"):
        parse_cpf(text)


@given(st.sampled_from([9, 10]), st.integers(1, 9), st.integers(0, 10**9 - 1))
def test_a_cpf_with_a_wrong_check_digit_is_refused(position: int, by: int, base: int) -> None:
    digits = f"{base:09d}"
    for length in (10, 11):
        total = sum(int(digit) * weight for digit, weight in zip(digits, range(length, 1, -1), strict=True))
        digits += str(total * 10 % 11 % 10)
    assume(len(set(digits)) > 1)
    assert parse_cpf(digits) == digits
    wrong = str((int(digits[position]) + by) % 10)
    with pytest.raises(LaudoError, match="cpf_invalid"):
        parse_cpf(digits[:position] + wrong + digits[position + 1 :])


def test_cns_and_cnpj_are_checked_and_cnpj_is_upper_case() -> None:
    cns, cnpj = CNS().generate(), CNPJ().generate()
    assert parse_cns(f"{cns[:3]} {cns[3:7]} {cns[7:11]} {cns[11:]}") == cns
    assert parse_cnpj(cnpj) == cnpj
    assert parse_cnpj("12.abc.345/01de-35") == "12ABC34501DE35"
    for parse, text in (
        (parse_cns, "1" * 15),
        (parse_cns, ""),
        (parse_cnpj, "1" * 14),
        (parse_cnpj, cnpj[:-1]),
    ):
        with pytest.raises(LaudoError):
            parse(text)


def test_phones_are_e164_and_sms_goes_to_mobiles_alone() -> None:
    mobile, fixed = parse_phone("(11) 91234-5678"), parse_phone("11 3000-0100")
    assert (mobile.e164, mobile.sms_capable) == ("+5511912345678", True)
    assert (fixed.e164, fixed.sms_capable) == ("+551130000100", False)
    assert parse_phone("+351 912 345 678").e164 == "+351912345678"


@pytest.mark.parametrize(
    "text", ["", "123", "+55", "11 91234-567", "javascript:alert(1)", "+5511912345678;ext=1"]
)
def test_numbers_that_ring_nowhere_are_refused(text: str) -> None:
    with pytest.raises(LaudoError, match="phone_invalid"):
        parse_phone(text)


def test_email_addresses_are_lower_case_and_checked() -> None:
    assert parse_email(" Ana.Lima@Example.COM ") == "ana.lima@example.com"
    for text in (
        "",
        "ana",
        "ana@",
        "@example.com",
        "a b@example.com",
        "ana@example.com\r\nBcc: x@example.com",
    ):
        with pytest.raises(LaudoError, match="email_invalid"):
            parse_email(text)


def test_all_wrong_fields_are_told_at_once() -> None:
    typed = typed_patient(name="", birth_date="2020-13-01", cpf="1", phone="1", email="x", mother_name="1")
    with pytest.raises(LaudoError) as refused:
        check_demographics(typed, TODAY)
    assert {error.field for error in refused.value.errors} == {
        "name", "birth_date", "cpf", "phone", "email", "mother_name"
    }  # fmt: skip


def test_empty_optional_fields_are_absent_ones() -> None:
    facts = check_demographics(typed_patient(cpf=" ", email="", phone=None, social_name=""), TODAY)
    assert (facts.cpf, facts.email, facts.phone, facts.social_name) == (None, None, None, None)


def test_a_social_name_is_how_a_person_is_addressed() -> None:
    facts = check_demographics(typed_patient(social_name="Ana Flor"), TODAY)
    assert facts.display_name == "Ana Flor"


def test_a_login_is_a_cpf_or_an_email_whatever_its_writing() -> None:
    assert Login.typed("529.982.247-25") == Login(LoginKind.CPF, "52998224725")
    assert Login.typed(" Ana@Example.com ") == Login(LoginKind.EMAIL, "ana@example.com")


def test_masks_show_enough_to_recognise_and_too_little_to_use() -> None:
    assert mask_cpf("52998224725") == "***.982.247-**"
    assert mask_email("ana@example.com") == "a***@example.com"
    assert mask_phone("+5511912345678") == "+55*******5678"
    assert mask_cpf(None) is mask_email(None) is mask_phone(None) is None


@given(st.integers(1, 999_999_999))
def test_a_record_number_is_found_with_or_without_leading_zeros(ordinal: int) -> None:
    assert (
        typed_record_number(str(ordinal))
        == typed_record_number(record_number(ordinal))
        == record_number(ordinal)
    )


def test_a_council_registration_needs_council_number_and_uf() -> None:
    registration = CouncilRegistration.parse(" crm ", "123456", "sp", verified=False)
    assert (registration.council, registration.number, registration.uf) == ("CRM", "123456", "SP")
    for council, number, uf in (
        ("", "1", "SP"),
        ("CRM", "", "SP"),
        ("CRM", "1", "XX"),
        ("CRM", "1; drop", "SP"),
    ):
        with pytest.raises(LaudoError, match="council_invalid"):
            CouncilRegistration.parse(council, number, uf, verified=False)

"""Brazilian identifiers: CPF (people), CNS (national health card), CNPJ (organisations).

Check digits are validate-docbr's business; what it is lenient about is refused here first: it pads a short CPF
with zeros, ignores letters among the digits, and accepts a lower-case CNPJ.
"""

import re

from validate_docbr import CNPJ, CNS, CPF

from services.accounts.domain.errors import CNPJ_INVALID, CNS_INVALID, CPF_INVALID

_CPF = re.compile(r"([0-9]{3})\.?([0-9]{3})\.?([0-9]{3})-?([0-9]{2})")
_CNS = re.compile(r"([0-9]{3}) ?([0-9]{4}) ?([0-9]{4}) ?([0-9]{4})")
_CNPJ = re.compile(r"([0-9A-Z]{2})\.?([0-9A-Z]{3})\.?([0-9A-Z]{3})/?([0-9A-Z]{4})-?([0-9]{2})")

_cpf, _cns, _cnpj = CPF(), CNS(), CNPJ()


def cpf_digits(text: str) -> str | None:
    """Return the 11 digits when `text` has the shape of a CPF, valid or not; None otherwise."""
    match = _CPF.fullmatch(text.strip())
    return "".join(match.groups()) if match else None


def parse_cpf(text: str) -> str:
    """Return the 11 digits of a valid CPF, written with or without its punctuation."""
    digits = cpf_digits(text)
    if digits is None or not _cpf.validate(digits):
        raise CPF_INVALID.error(field="cpf")
    return digits


def parse_cns(text: str) -> str:
    """Return the 15 digits of a valid CNS."""
    match = _CNS.fullmatch(text.strip())
    digits = "".join(match.groups()) if match else ""
    if not digits or not _cns.validate(digits):
        raise CNS_INVALID.error(field="cns")
    return digits


def parse_cnpj(text: str) -> str:
    """Return the 14 characters of a valid CNPJ, upper-case (alphanumeric since July 2026)."""
    match = _CNPJ.fullmatch(text.strip().upper())
    characters = "".join(match.groups()) if match else ""
    if not characters or not _cnpj.validate(characters):
        raise CNPJ_INVALID.error(field="cnpj")
    return characters

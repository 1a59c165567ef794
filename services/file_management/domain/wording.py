"""The Portuguese words of a report that are not in its data: sexes, flags, ages, dates, number styles."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.file_management.domain.snapshot import Flag

CLINIC_TIME_ZONE = ZoneInfo("America/Sao_Paulo")
CLINIC_TIME_ZONE_NAME = "horário de Brasília"

SEXES = {"F": "Feminino", "M": "Masculino", "other": "Outro", "unknown": "Não informado"}

# A shape and a word each: a flag must survive a black and white printer and a screen reader.
FLAGS: dict[Flag, tuple[str, str]] = {
    "N": ("", "Normal"),
    "L": ("▼", "Baixo"),
    "H": ("▲", "Alto"),
    "LL": ("▼▼", "Crítico baixo"),
    "HH": ("▲▲", "Crítico alto"),
    "A": ("●", "Alterado"),
}


def flag_text(flag: Flag | None) -> str:
    """Return shape and word, or nothing where no range could be applied."""
    return " ".join(part for part in FLAGS[flag] if part) if flag else ""


def clinic_date(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def clinic_time(at: datetime) -> str:
    return at.astimezone(CLINIC_TIME_ZONE).strftime("%d/%m/%Y %H:%M")


def cpf_text(cpf: str) -> str:
    return f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}"


def cns_text(cns: str) -> str:
    return f"{cns[:3]} {cns[3:7]} {cns[7:11]} {cns[11:]}"


def age_text(birth_date: date, at: datetime) -> str:
    """Return the age on the clinic's calendar day of `at`: days below one month, months below two years."""
    day = at.astimezone(CLINIC_TIME_ZONE).date()
    months = (day.year - birth_date.year) * 12 + day.month - birth_date.month - (day.day < birth_date.day)
    if months < 1:
        return _count((day - birth_date).days, "dia", "dias")
    if months < 24:
        return _count(months, "mês", "meses")
    return _count(months // 12, "ano", "anos")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"

"""What is written down about a patient at the desk, checked field by field."""

from dataclasses import dataclass
from datetime import date

from services.accounts.domain.account import Locale
from services.accounts.domain.birth_date import parse_birth_date
from services.accounts.domain.contact import Phone, parse_email, parse_phone
from services.accounts.domain.form import Form
from services.accounts.domain.identifiers import parse_cns, parse_cpf
from services.accounts.domain.patient_record import Sex
from services.accounts.domain.person_name import parse_person_name


@dataclass(frozen=True, slots=True)
class TypedPatient:
    """As typed. An empty optional field is an absent one."""

    name: str
    birth_date: str
    sex: Sex
    social_name: str | None = None
    mother_name: str | None = None
    cpf: str | None = None
    cns: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: Locale = "pt-BR"
    somebody_else: bool = False  # whoever registers has looked: the person of the same name is another


@dataclass(frozen=True, slots=True)
class Demographics:
    name: str
    social_name: str | None
    birth_date: date
    sex: Sex
    mother_name: str | None
    cpf: str | None
    cns: str | None
    email: str | None
    phone: Phone | None
    locale: Locale

    @property
    def display_name(self) -> str:
        """The social name where there is one: it is how the person is addressed."""
        return self.social_name or self.name


def check_demographics(typed: TypedPatient, today: date) -> Demographics:
    """Return the checked facts; raise `invalid` with one entry per wrong field."""
    form = Form()
    # A blank here is not an absent field: let the parsers say what is wrong with it.
    name = form.read("name", typed.name or "?", parse_person_name)
    born = form.read("birth_date", typed.birth_date or "?", lambda text: parse_birth_date(text, today))
    facts = {
        "social_name": form.read("social_name", typed.social_name, parse_person_name),
        "mother_name": form.read("mother_name", typed.mother_name, parse_person_name),
        "cpf": form.read("cpf", typed.cpf, parse_cpf),
        "cns": form.read("cns", typed.cns, parse_cns),
        "email": form.read("email", typed.email, parse_email),
    }
    phone = form.read("phone", typed.phone, parse_phone)
    form.finish()
    assert name is not None
    assert born is not None
    return Demographics(name=name, birth_date=born, sex=typed.sex, phone=phone, locale=typed.locale, **facts)

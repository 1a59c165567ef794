"""The texts themselves: what they may say, and that an SMS stays one segment."""

import re
import string
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.notification.domain.clinic import CONTACT_BUDGET, SHORT_NAME_BUDGET, Clinic
from services.notification.domain.contact import Contact
from services.notification.domain.gsm7 import fits_one_segment
from services.notification.domain.quiet_hours import HOME_ZONE
from services.notification.domain.rendering import (
    EMAIL_VARIABLES,
    SMS_VARIABLES,
    URL_BUDGET,
    Facts,
    TextDoesNotFit,
    render_email,
    render_sms,
)
from services.notification.domain.template import MessageClass, Template, Wording
from services.notification.infrastructure.templates.loader import load_templates

TEMPLATES = load_templates()
BOTH = [(name, locale) for name in TEMPLATES for locale in ("pt-BR", "en")]
WIDEST_CLINIC = Clinic(
    id=uuid4(), name="Clínica", short_name="W" * SHORT_NAME_BUDGET, contact="9" * CONTACT_BUDGET
)
WIDEST = Facts(
    url="h" * URL_BUDGET, zone=HOME_ZONE, at=datetime(2026, 12, 28, 15, 59, tzinfo=UTC), code="888888"
)
FORBIDDEN = re.compile(
    r"resultado|result\b|exame\b|exam\b|hemograma|m[eé]dic|doctor|laudo|positiv|negativ|CPF|nascimento|birth",
    re.IGNORECASE,
)
# Words that the product's texts are allowed to say: they name no exam and no finding.
ALLOWED = ("portal de exames", "exam portal", "Nao enviamos resultados", "We never send results")
ALLOWED_LONG = ("não enviamos resultados", "we do not send results")


def anyone(locale: str) -> Contact:
    return Contact(
        person_id=uuid4(),
        version=1,
        first_name="Ana",
        email="ana@exemplo.example",
        phone="+5511900000201",
        sms_capable=True,
        locale=locale,
        clinic_ids=frozenset(),
    )


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize(("name", "locale"), BOTH)
def test_an_sms_with_the_widest_variables_fits_one_gsm7_segment(name: str, locale: str) -> None:
    sms = render_sms(
        TEMPLATES[name],
        delivery_id=uuid4(),
        contact=anyone(locale),
        to="+5511900000201",
        clinic=WIDEST_CLINIC,
        facts=WIDEST,
    )
    assert fits_one_segment(sms.text)
    assert "{" not in sms.text


@pytest.mark.parametrize(("name", "locale"), BOTH)
def test_a_text_uses_only_variables_that_carry_no_health_data(name: str, locale: str) -> None:
    wording = TEMPLATES[name].wording(locale)
    assert placeholders(wording.sms) <= SMS_VARIABLES
    assert placeholders(wording.body) <= EMAIL_VARIABLES
    assert placeholders(wording.subject) == set()


@pytest.mark.parametrize(("name", "locale"), BOTH)
def test_a_text_names_no_exam_no_value_no_doctor_and_no_identity(name: str, locale: str) -> None:
    wording = TEMPLATES[name].wording(locale)
    text = " ".join((wording.sms, wording.subject, wording.body))
    for phrase in (*ALLOWED, *ALLOWED_LONG):
        text = text.replace(phrase, "")
    assert FORBIDDEN.search(text) is None


@pytest.mark.parametrize(("name", "locale"), BOTH)
def test_a_secret_stands_in_no_link(name: str, locale: str) -> None:
    wording = TEMPLATES[name].wording(locale)
    if name != "password_reset":
        assert "reset_url" not in placeholders(wording.body)
    assert not re.search(r"\{url\}\S*\{code\}", wording.sms + wording.body)


def test_every_text_the_service_sends_exists_in_both_languages() -> None:
    sent = {
        "welcome", "scheduled", "rescheduled", "cancelled", "annulled", "completed", "processed", "ready",
        "corrected", "one_time_code", "login_alert", "emergency_access", "staff_invitation", "contact_code",
        "contact_changed", "account_exists", "erasure_requested", "factors_reset",
    }  # fmt: skip
    assert sent <= TEMPLATES.keys()
    assert all(template.pt != template.en for template in TEMPLATES.values())


def test_security_texts_are_marked_and_only_the_critical_contact_is_repeated() -> None:
    security = {name for name, template in TEMPLATES.items() if template.is_security}
    assert security == {
        "contact_us", "password_reset", "login_alert", "one_time_code", "staff_invitation", "contact_code",
        "contact_changed", "account_exists", "erasure_requested", "factors_reset", "emergency_access",
    }  # fmt: skip
    assert [name for name, template in TEMPLATES.items() if template.repeat_when_unknown] == ["contact_us"]


@pytest.mark.parametrize("text", ["{clinic} " + "x" * 141, "{clinic}: atenção"])
def test_an_sms_that_needs_a_second_segment_or_another_alphabet_is_refused(text: str) -> None:
    wording = Wording(sms=text, subject="s", body="b")
    template = Template(name="x", message_class=MessageClass.TRANSACTIONAL, pt=wording, en=wording)
    with pytest.raises(TextDoesNotFit):
        render_sms(
            template, delivery_id=uuid4(), contact=anyone("en"), to="+55", clinic=WIDEST_CLINIC, facts=WIDEST
        )


def test_times_are_told_by_the_clock_of_the_clinic() -> None:
    email = render_email(
        TEMPLATES["scheduled"],
        delivery_id=uuid4(),
        contact=anyone("pt-BR"),
        to="ana@exemplo.example",
        clinic=WIDEST_CLINIC,
        facts=Facts(url="u", zone=HOME_ZONE, at=datetime(2026, 12, 1, 2, 30, tzinfo=UTC)),
    )
    assert "30/11 às 23:30" in email.text
    assert email.text.startswith("Olá, Ana.")

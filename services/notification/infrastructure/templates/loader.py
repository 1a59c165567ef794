"""Reads the texts that ship with the service."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.notification.domain.template import MessageClass, Template, Templates, Wording

TEMPLATES_FILE = Path(__file__).with_name("templates.yaml")


@cache
def load_templates() -> Templates:
    raw = yaml.safe_load(TEMPLATES_FILE.read_text(encoding="utf-8"))["templates"]
    return {name: _template(name, fields) for name, fields in raw.items()}


def _template(name: str, fields: dict[str, Any]) -> Template:
    return Template(
        name=name,
        message_class=MessageClass(fields["class"]),
        pt=_wording(fields, "pt"),
        en=_wording(fields, "en"),
        repeat_when_unknown=bool(fields.get("repeat_when_unknown", False)),
    )


def _wording(fields: dict[str, Any], language: str) -> Wording:
    return Wording(
        sms=fields[f"sms_{language}"],
        subject=fields[f"subject_{language}"],
        body=fields[f"body_{language}"],
    )

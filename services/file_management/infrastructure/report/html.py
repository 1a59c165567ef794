"""The report as XHTML, by Jinja2 with autoescaping: names and notes are text, never markup."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from services.file_management.infrastructure.report.page import Page

TEMPLATES = files("services.file_management.infrastructure.report") / "templates"


_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _printable(value: Any) -> Any:
    return _NOT_XML.sub("", value) if isinstance(value, str) else value


@cache
def _template() -> Template:
    source = (TEMPLATES / "report.html").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"report.html": source}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=_printable,
    )
    return environment.get_template("report.html")


def stylesheet() -> str:
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


def report_html(page: Page) -> str:
    return _template().render(page=page)

"""The report as HTML, by Jinja2 with autoescaping: names and notes are text, never markup."""

from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined, Template

from services.file_management.infrastructure.report.page import Page

TEMPLATES = files("services.file_management.infrastructure.report") / "templates"


@cache
def _template() -> Template:
    source = (TEMPLATES / "report.html").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"report.html": source}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("report.html")


def stylesheet() -> str:
    return (TEMPLATES / "report.css").read_text(encoding="utf-8")


def report_html(page: Page) -> str:
    return _template().render(page=page)

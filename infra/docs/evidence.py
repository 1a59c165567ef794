"""Makes the pictures of the README and the pages docs/report.md and docs/trace.md from a running product.

make run        (in one terminal)
make pictures   (in another: LAUDO_URL and LAUDO_HOME say where)
"""

import os
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pyotp
import pypdfium2
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from infra.local.demo_client import Person, client
from infra.local.demo_run import BLOOD_COUNT, MainJob
from infra.local.trace_log import newest_told_trace, print_trace

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
_COLLECTED = 4  # steps of the job, up to the recorded collection


def main() -> None:
    home = Path(os.environ.get("LAUDO_HOME") or ROOT / ".data")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with client() as http, sync_playwright() as playwright:
        job = MainJob(http)
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        base = str(http.base_url)
        job.run(until=_COLLECTED)
        _values_page(browser, base, job)
        job.run()
        _patient_pages(browser, base, job)
        browser.close()
        _report_page(job)
    _trace_page(home / "logs")


def _page(browser: Browser, base: str, person: Person, size: dict[str, int]) -> Page:
    page = browser.new_context(viewport=size, locale="pt-BR", base_url=base).new_page()  # type: ignore[arg-type]
    page.goto("/entrar")
    page.fill("#f-login", person.login)
    page.fill("#f-password", person.password)
    page.click("main button")
    page.wait_for_selector("#f-code, details.menu")
    while person.totp_secret and page.url.endswith("/entrar/codigo"):
        page.fill("#f-code", pyotp.TOTP(person.totp_secret).now())
        page.click("main form button:not(.second)")
        page.wait_for_load_state("networkidle")
        if page.url.endswith("/entrar/codigo"):  # the code was used already: wait for the next one
            time.sleep(30 - time.time() % 30)
    return page


def _values_page(browser: Browser, base: str, job: MainJob) -> None:
    page = _page(browser, base, job.technician, DESK)
    page.goto(f"/exames/{job.exam['id']}/valores")
    for code, value in BLOOD_COUNT.items():
        page.fill(f"#v-{code}", value)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=PICTURES / "technician-values.png")


def _patient_pages(browser: Browser, base: str, job: MainJob) -> None:
    for name, size in (("patient-exam", DESK), ("patient-phone", PHONE)):
        page = _page(browser, base, job.patient, size)
        page.goto(f"/exames/{job.exam['id']}")
        page.screenshot(path=PICTURES / f"{name}.png")


def _report_page(job: MainJob) -> None:
    pypdfium2.PdfDocument(job.pdf)[0].render(scale=1.6).to_pil().save(PICTURES / "report.png")
    results: list[dict[str, Any]] = job.patient.get(job.path).json()["results"]
    rows = [
        f"| {item['name_pt']} | {BLOOD_COUNT[item['code']]} | {item['value']} | {item['unit_display']} "
        f"| {item['range_pt']} | {item['flag'] or ''} |"
        for item in results
    ]
    lines = [
        "# A signed report next to its data",
        "",
        "Made by `make pictures` from a running demonstration; every person in it is invented.",
        "",
        "![The signed report's page](pictures/report.png)",
        "",
        "| analyte | typed by the laboratory | stored and served | unit | reference | flag |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        "`tests/e2e/test_job_by_api.py` reads the PDF's text back and compares it with these, digit by digit; the",
        "renderer does the same before it signs and stops when anything differs. Another program judges the signature:",
        "",
        "```",
        "pyhanko sign validate --pretty-print --trust .data/signing/authority.pem laudo.pdf",
        "```",
        "",
        "The demonstration's certificate says of itself that it has no legal value.",
    ]
    (ROOT / "docs" / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _trace_page(logs: Path) -> None:
    trace_id = newest_told_trace(logs)
    if trace_id is None:
        sys.exit(f"no message was sent yet according to {logs}")
    page = StringIO()
    page.write(
        "# One trace, from the click to the sent message\n\n"
        "The releaser's click starts a trace; it travels in `traceparent` over HTTP, in every event and in the\n"
        "delivery log. `.venv/bin/laudo trace` prints the newest one out of the logs of all processes:\n\n```\n"
    )
    print_trace(Console(file=page, width=170, highlight=False), trace_id, logs)
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    (ROOT / "docs" / "trace.md").write_text("\n".join([*lines, "```"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Who may sign in to the demonstration, and with which code at this moment."""

import time
from pathlib import Path
from typing import Any

import pyotp
import yaml
from rich.console import Console
from rich.table import Table

DEMO = Path(__file__).resolve().parents[1] / "demo"
_STEP_S = 30


def demo_people() -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = yaml.safe_load((DEMO / "people.yaml").read_text("utf-8"))["people"]
    return people


def clinic_names() -> dict[str, str]:
    clinics = yaml.safe_load((DEMO / "clinics.yaml").read_text("utf-8"))["clinics"]
    return {clinic["id"]: clinic["short_name"] for clinic in clinics}


def people_table(people: list[dict[str, Any]], *, secrets: bool) -> Table:
    clinics = clinic_names()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("who", "clinic", "sign-in", "password", "code now"):
        table.add_column(column, no_wrap=True)
    if secrets:
        table.add_column("authenticator secret", no_wrap=True)
    for person in people:
        secret = person.get("totp_secret")
        row = [
            ", ".join(person["roles"]),
            ", ".join(clinics[clinic] for clinic in person["clinics"]),
            person["login"],
            person["password"],
            pyotp.TOTP(secret).now() if secret else "-",
        ]
        table.add_row(*row, *([secret or "-"] if secrets else []))
    return table


def print_people(console: Console) -> None:
    left = _STEP_S - int(time.time()) % _STEP_S
    console.print("Demo people, all invented (codes change every 30 s: `.venv/bin/laudo codes`):")
    console.print(people_table(demo_people(), secrets=True))
    console.print(f"These codes hold for {left} s more.")

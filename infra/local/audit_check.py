"""`laudo audit verify`: every service checks its own chains in a process of its own, as it would in its pod."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from infra.local.engines.process import Command
from infra.local.runner.children import SERVICES, Surroundings, module_of, verify_audit_command
from infra.local.running_product import NotRunning, running_product

_FAILED = 2


@dataclass
class Outcome:
    service: str
    exit_code: int = _FAILED
    chains: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def findings(self) -> list[dict[str, Any]]:
        return [
            {"service": self.service, "clinic": chain["chain"], **chain["finding"]}
            for chain in self.chains
            if chain["finding"]
        ]


def verify_audit(home: Path, topology: dict[str, Any], console: Console, *, as_json: bool) -> int:
    """Return 0 when every chain holds, 1 when one does not, 2 when something could not be checked."""
    try:
        around = running_product(home, topology, wanted="its stores are asked")
    except NotRunning as missing:
        console.print(str(missing), style="red", markup=False)
        return _FAILED
    if as_json:
        outcomes = list(_check_all(around, lambda _: None))
        summary = {"chains": {one.service: one.chains for one in outcomes}, "findings": _findings(outcomes)}
        console.out(json.dumps(summary, indent=1))
    else:
        with Progress(
            SpinnerColumn(), TextColumn("{task.completed:,.0f} rows checked"), console=console, transient=True
        ) as progress:
            task = progress.add_task("rows", total=None)
            outcomes = list(_check_all(around, lambda rows: progress.advance(task, rows)))
        _print(console, outcomes)
    return max(one.exit_code for one in outcomes)


def _check_all(around: Surroundings, tell: Any) -> Iterator[Outcome]:
    commands = {service: verify_audit_command(around, service) for service in SERVICES}
    with ThreadPoolExecutor(len(commands)) as threads:
        yield from threads.map(lambda service: _check(service, commands[service], tell), commands)


def _check(service: str, command: Command, tell: Any) -> Outcome:
    outcome = Outcome(service)
    with subprocess.Popen(
        command.argv,
        env=dict(command.env),
        cwd=command.cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            told = json.loads(line)
            tell(told.get("checked", 0))
            outcome.chains = told.get("chains", outcome.chains)
        outcome.error = process.stderr.read()
    outcome.exit_code = process.returncode if process.returncode in {0, 1} and not outcome.error else _FAILED
    return outcome


def _findings(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    return [finding for one in outcomes for finding in one.findings]


def _print(console: Console, outcomes: list[Outcome]) -> None:
    table = Table("service", "chains", "rows sealed", "not sealed yet", "exported", "outcome")
    for one in outcomes:
        rows, pending, exported = (
            sum(chain[name] for chain in one.chains) for name in ("rows", "pending", "exported")
        )
        says = {0: "whole", 1: "ALTERED"}.get(one.exit_code, "NOT CHECKED")
        table.add_row(one.service, str(len(one.chains)), f"{rows:,}", f"{pending:,}", f"{exported:,}", says)
    console.print(table)
    for finding in _findings(outcomes):
        console.print(
            f"{finding['service']}, clinic {finding['clinic']}: {finding['kind']} at sequence {finding['sequence']}, "
            f"row {finding['row_id']}",
            style="red", markup=False,
        )  # fmt: skip
    for one in outcomes:
        if one.exit_code == _FAILED:
            console.print(
                f"{one.service} ({module_of(one.service)}) could not be checked:", style="red", markup=False
            )
            sys.stderr.write(one.error[-2000:])

"""The `laudo` command."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Laudo on this machine.")
audit = typer.Typer(no_args_is_help=True, help="The audit of who read and changed what.")
app.add_typer(audit, name="audit")
keys = typer.Typer(no_args_is_help=True, help="The keys that sign access tokens.")
app.add_typer(keys, name="keys")
ROOT = Path(__file__).resolve().parents[2]
_WIDE = 160


def _console() -> Console:
    console = Console(highlight=False)
    # A log file or a pipe has no width: tables stay whole there.
    return console if console.is_terminal else Console(highlight=False, width=_WIDE)


@app.command()
def run() -> None:
    """Start everything; Ctrl-C stops it. LAUDO_PORT, LAUDO_HOME, LAUDO_LOG_LEVEL and LAUDO_LIMIT_FACTOR choose how."""
    from infra.local.runner.run import Runner, Wishes

    wishes = Wishes(
        home=Path(os.environ.get("LAUDO_HOME") or ROOT / ".data"),
        port=_port(os.environ.get("LAUDO_PORT") or "8080"),
        log_level=(os.environ.get("LAUDO_LOG_LEVEL") or "INFO").upper(),
        topology=json.loads((ROOT / "topology.json").read_text(encoding="utf-8")),
        limit_factor=_factor(os.environ.get("LAUDO_LIMIT_FACTOR") or "1"),
        durable=os.environ.get("LAUDO_DURABLE") != "0",
        otlp_endpoint=os.environ.get("LAUDO_OTLP_ENDPOINT") or None,
        other_issuers=os.environ.get("LAUDO_OTHER_ISSUERS") or None,
        kill_folder=Path(folder) if (folder := os.environ.get("LAUDO_KILL_FOLDER")) else None,
    )
    raise typer.Exit(Runner(wishes, _console()).run())


@app.command()
def codes() -> None:
    """Print the demo people's passwords and current codes."""
    from infra.local.runner.people import demo_people, people_table

    _console().print(people_table(demo_people(), secrets=False))


@app.command()
def demo(
    as_json: Annotated[bool, typer.Option("--json", help="For machines: one JSON object.")] = False,
) -> None:
    """Run the main job as an outside client against LAUDO_URL (http://localhost:8080)."""
    from infra.local.demo_run import run_demo

    raise typer.Exit(run_demo(_console(), as_json=as_json))


@app.command()
def trace(
    trace_id: Annotated[
        str | None, typer.Argument(help="32 hex digits; the newest sent message's without it.")
    ] = None,
) -> None:
    """Print one trace out of all logs: from a person's click to the message that was sent."""
    from infra.local.trace_log import newest_told_trace, print_trace

    logs = Path(os.environ.get("LAUDO_HOME") or ROOT / ".data") / "logs"
    wanted = trace_id or newest_told_trace(logs)
    if wanted is None or not print_trace(_console(), wanted, logs):
        _console().print(f"No such trace in {logs}. Run the product and `laudo demo` first.")
        raise typer.Exit(1)


@audit.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="For machines: one JSON object.")] = False,
) -> None:
    """Check every service's audit chain against its rows and the exported segments; name what was altered.

    Exit code 0: whole; 1: altered; 2: something could not be checked. The product must be running.
    """
    from infra.local.audit_check import verify_audit

    home = Path(os.environ.get("LAUDO_HOME") or ROOT / ".data").resolve()
    topology = json.loads((ROOT / "topology.json").read_text(encoding="utf-8"))
    raise typer.Exit(verify_audit(home, topology, _console(), as_json=as_json))


@keys.command()
def rotate(
    compromised: Annotated[
        bool,
        typer.Option("--compromised", help="The key is known to others: withdraw it now, with its tokens."),
    ] = False,
) -> None:
    """Announce the next signing key: published at once, signing in 15 minutes, so that no token is refused.

    The worker does it by itself every 90 days (LAUDO_SIGNING_KEY_DAYS). The product must be running.
    """
    from infra.local.key_rotation import rotate_keys

    home = Path(os.environ.get("LAUDO_HOME") or ROOT / ".data").resolve()
    topology = json.loads((ROOT / "topology.json").read_text(encoding="utf-8"))
    raise typer.Exit(rotate_keys(home, topology, _console(), compromised=compromised))


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise typer.BadParameter(f"LAUDO_PORT must be a port number, not {text!r}")
    return int(text)


def _factor(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise typer.BadParameter(f"LAUDO_LIMIT_FACTOR multiplies the rate limits: 1 or more, not {text!r}")
    return int(text)


def main() -> None:
    app()


if __name__ == "__main__":
    main()

"""Checks what delivers Laudo, one line each: passed, failed or SKIPPED. Ends with an error when one failed.

`python -m infra.checks.check_infra [words]`: with words, only the checks whose names hold one of them.
"""

import sys
import time
from collections.abc import Callable, Sequence

from infra.checks import alerts, images, kubernetes, terraform, workflows
from infra.checks.outcome import Failed, Skipped

CHECKS: dict[str, Callable[[], None]] = {
    "terraform format": terraform.format_is_canonical,
    "terraform validate": terraform.environments_are_valid,
    "terraform tests": terraform.modules_pass_their_tests,
    "terraform apply to the emulator": terraform.the_emulator_takes_the_whole_stack,
    "dockerfile lint": images.recipe_is_clean,
    "image imports": images.processes_start_from_their_own_packages,
    "kubernetes schemas": kubernetes.overlays_fit_the_schemas,
    "alert rules": alerts.fire_when_they_should,
    "workflow lint": workflows.well_formed,
    "workflow security": workflows.safe,
}


def main(words: Sequence[str]) -> int:
    chosen = {
        name: check for name, check in CHECKS.items() if not words or any(word in name for word in words)
    }
    said = [_run(name, check) for name, check in chosen.items()]
    count = {outcome: said.count(outcome) for outcome in ("passed", "failed", "SKIPPED")}
    _say(", ".join(f"{number} {outcome}" for outcome, number in count.items()))
    return 1 if count["failed"] or not said else 0


def _run(name: str, check: Callable[[], None]) -> str:
    began = time.monotonic()
    try:
        check()
    except Skipped as skipped:
        _say(f"SKIPPED  {name}: {skipped}")
        return "SKIPPED"
    except Failed as failed:
        _say(f"failed   {name}:\n{failed}")
        return "failed"
    _say(f"passed   {name} ({time.monotonic() - began:.1f} s)")
    return "passed"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

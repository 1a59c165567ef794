"""Alerting rules: Prometheus itself reads them, and each fires when its test says so."""

import shutil

from infra.checks.environment import ROOT
from infra.checks.outcome import Skipped, run

_FOLDER = ROOT / "infra" / "observability"


def fire_when_they_should() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        raise Skipped("promtool is not installed here (Debian: apt-get install prometheus)")
    run([promtool, "check", "rules", "alerts.yaml"], cwd=_FOLDER)
    run([promtool, "test", "rules", "alerts_test.yaml"], cwd=_FOLDER)

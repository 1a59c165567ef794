"""Metrics are declared once and told of; alerts ask for metrics that exist and say what to do."""

import ast
import re
from pathlib import Path
from typing import Any

import yaml

from services.shared.platform.metrics.declared import ALL

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
DECLARED_IN = ROOT / "services" / "shared" / "platform" / "metrics" / "declared.py"
RULES: list[dict[str, Any]] = yaml.safe_load((ROOT / "infra" / "observability" / "alerts.yaml").read_text())[
    "groups"
][0]["rules"]
FIRED: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "infra" / "observability" / "alerts_test.yaml").read_text()
)["tests"][0]["alert_rule_test"]
KINDS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}


def shown_name(metric: Any) -> str:
    return str(metric._name) + ("_total" if metric._type == "counter" else "")


def test_the_page_lists_every_metric_with_its_labels_and_no_other() -> None:
    rows = dict(re.findall(r"^\| `(laudo_\w+)` \| ([\w, ]+) \|", PAGE, re.M))
    assert rows == {shown_name(metric): ", ".join(metric._labelnames) for metric in ALL}


def test_metrics_are_declared_in_one_file_and_all_of_them_are_in_its_list() -> None:
    elsewhere = []
    for path in sorted((ROOT / "services").rglob("*.py")):
        made = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS
        ]
        if path == DECLARED_IN:
            assert len(made) == len(ALL)
        elif made and "prometheus_client" in path.read_text(encoding="utf-8"):
            elsewhere.append(path)
    assert not elsewhere


def test_alerts_ask_for_metrics_that_exist() -> None:
    suffixes = ("", "_count", "_sum", "_bucket")
    existing = {shown_name(metric) + suffix for metric in ALL for suffix in suffixes} | {"up"}
    for rule in RULES:
        asked = set(re.findall(r"\b(laudo_\w+|up)\b", rule["expr"]))
        assert asked, rule["alert"]
        assert asked <= existing


def test_each_alert_has_a_test_that_fires_it_and_a_section_on_what_to_do() -> None:
    names = {rule["alert"] for rule in RULES}
    assert {case["alertname"] for case in FIRED if case["exp_alerts"]} == names
    assert set(re.findall(r"^### (\w+)$", PAGE, re.M)) == names

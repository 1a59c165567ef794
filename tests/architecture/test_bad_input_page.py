"""docs/bad-input.md names tests that exist and codes that the services can answer."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/bad-input.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("|") and "::" in line]
TEST = re.compile(r"\| (tests/[a-z_/]+\.py)::(test_[a-z_0-9]+) \|$")


def defined(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_row_names_a_test_that_exists() -> None:
    named = [TEST.search(row) for row in ROWS]
    assert len(ROWS) > 40
    assert [row for row, match in zip(ROWS, named, strict=True) if match is None] == []
    missing = [match[0] for match in named if match and match[2] not in defined(match[1])]
    assert missing == []


def test_every_code_is_one_that_a_service_answers() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "services").rglob("*.py"))
    codes = {code for row in ROWS for code in re.findall(r"`([a-z_.]+)`", row)}
    assert "accounts.sign_in_failed" in codes
    unknown = [
        code for code in codes if f'"{code}"' not in source and f'"{code.rpartition(".")[2]}"' not in source
    ]
    assert unknown == []

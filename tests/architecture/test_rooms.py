"""What import-linter cannot see: who reads the environment, who logs what, and where exceptions carry text."""

import ast
from collections.abc import Iterator
from pathlib import Path

from services.shared.platform.logs import FIELDS

ROOT = Path(__file__).resolve().parents[2]
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "bind"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "services").rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def test_bootstrap_alone_reads_the_environment() -> None:
    readers = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        if "bootstrap" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert not readers


def test_every_field_that_is_logged_is_on_the_list() -> None:
    """A field that is not on the list is dropped at run time; this says so before."""
    unknown = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in LOG_METHODS and _is_logger(node.func.value):
                unknown += [
                    f"{path}:{node.lineno} {keyword.arg}"
                    for keyword in node.keywords
                    if keyword.arg not in FIELDS | {"exc_info", None}
                ]
    assert not unknown


def _is_logger(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "get_logger"
    return isinstance(node, ast.Name) and node.id in {"log", "logger"}


def test_no_process_prints() -> None:
    printing = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing

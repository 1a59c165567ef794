"""docs/security/asvs.md answers each requirement of its chapters once, with tests and files that exist."""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
NUMBERS = Path(__file__).with_name("asvs-5.0.0.csv")
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([123]) \| (met|not met|does not apply) \| (.*) \|$", re.MULTILINE)
TEST = re.compile(r"(tests/[\w/.-]+\.py)::([\w:]+)")
FILE = re.compile(r"`((?:docs|services|infra|tests|k8s|terraform)/[\w/.-]+)`")
ROWS = ROW.findall(PAGE)


@cache
def defined(path: str) -> frozenset[str]:
    """Return the tests of a file as pytest names them, those of classes as `Class::test`; parameters aside."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    names = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = (part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
            names |= {f"{node.name}::{part.name}" for part in inner}
    return frozenset(name for name in names if name.rpartition("::")[2].startswith("test_"))


def missing(text: str) -> list[str]:
    """Return the tests and files named in the text that do not exist."""
    tests = [f"{path}::{name}" for path, name in TEST.findall(text) if name not in defined(path)]
    return tests + [path for path in FILE.findall(text) if not (ROOT / path).is_file()]


def required() -> dict[str, str]:
    lines = [line for line in NUMBERS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["number"]: row["level"] for row in csv.DictReader(lines)}


def test_every_requirement_has_one_row_with_its_level() -> None:
    assert len(required()) == 86
    assert [(number, level) for number, level, _, _ in ROWS] == list(required().items())
    assert sum(line.startswith("| ") and line[2].isdigit() for line in PAGE.splitlines()) == len(ROWS)


def test_every_test_and_file_that_is_named_exists() -> None:
    assert len(TEST.findall(PAGE)) > 100
    assert missing(PAGE) == []


@pytest.mark.parametrize("number", [number for number, _, _, _ in ROWS])
def test_a_met_requirement_names_what_meets_it_and_another_says_why_not(number: str) -> None:
    [(state, by)] = [(state, by) for each, _, state, by in ROWS if each == number]
    if state == "met":
        assert TEST.search(by) or FILE.search(by)
    else:
        assert len(FILE.sub("", TEST.sub("", by)).split()) >= 4


def test_what_is_not_there_is_found() -> None:
    own = "tests/architecture/test_asvs.py"
    assert missing(f"{own}::test_what_is_not_there_is_found and `{own}`") == []
    assert missing(f"{own}::test_of_nothing<br>tests/none.py::test_x<br>`docs/none.md`") == [
        f"{own}::test_of_nothing",
        "tests/none.py::test_x",
        "docs/none.md",
    ]

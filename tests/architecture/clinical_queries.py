"""The lint that keeps clinical data behind the policy. It reads code, it runs nothing.

1. SQL that reads or changes a clinical table stands in exam-results' persistence alone, and there only if it carries
   the policy's conditions (`{where}`) or its statement is on the list below, with the reason.
2. A use case that fetches exams asks the policy for a view; one that fetches files asks what is within reach.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLINICAL = ("exams", "exam_events", "reports", "exam_files", "care_relations")
_TOUCHES = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO)\s+({'|'.join(CLINICAL)})\b", re.IGNORECASE)
_CONDITIONS = "where"
_PERSISTENCE = "services/exam_results/infrastructure/persistence/"

EXEMPT: dict[tuple[str, str], str] = {
    ("exam_store.py", "_LOAD"): "one exam for a command: `exam_for` asks the policy for it",
    ("exam_store.py", "_BARCODE_TAKEN"): "says yes or no, in the caller's clinic",
    (
        "access_log.py",
        "about",
    ): "names the exams of the caller's own audit rows, under the caller's own scope",
    (
        "exam_reads.py",
        "_SNAPSHOT",
    ): "the renderer's, by the scope `snapshot:read` and a policy of the database",
    ("exam_reads.py", "_ONE"): "ends in WHERE; every use of it must go on with `{where}`",
    ("exam_store.py", "_OF_PATIENT_NOT_OF"): "ids of exams that follow a merged record: the system's own act",
    ("documents.py", "keep"): "writes what a command decided",
    ("documents.py", "put"): "writes what file-management told",
    ("transactions.py", "_scope"): "the clinic's id alone, under the person's own scope",
    ("sweep.py", "due"): "ids alone, under the sweep's own policy of the database",
    ("sweep.py", "unsigned"): "how long releases wait for a signature, for an alarm: a time, no exam",
    ("rebuild.py", "_EXAMS_AFTER"): "maintenance: ids alone",
    ("rebuild.py", "_ORPHANS"): "maintenance: reads nothing",
    ("care_relations.py", "_INSERT"): "writes what a command decided",
    ("care_relations.py", "_PUT"): "writes what accounts told",
    ("care_relations.py", "_END"): "ends the caller's own",
    ("care_relations.py", "_END_ALL_OF"): "ends what a person whose account is gone gave or held",
    ("identities.py", "_ERASE_DUE"): "empties names; of exams it asks whether one is under way",
    (
        "care_relations.py",
        "_SHOWN",
    ): "relations, not exams: of the reader, the patient or the auditor's clinic",
    ("care_relations.py", "relations_to"): "the reader's own relations",
    ("view_filter.py", "_HOLDS"): "is the policy's condition itself",
}
_ASKS = {
    "exam": (
        {"one", "page"},
        {"view_of", "emergency_view", "views_to", "views_of", "_view"},
    ),
    "file": ({"file", "files_of"}, {"within_reach"}),
}


@dataclass(frozen=True)
class Found:
    path: str
    line: int
    why: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.why}"


def unguarded_sql(path: str, source: str) -> Iterator[Found]:
    """Yield the statements on clinical tables that no condition of the policy guards."""
    if "/migrations/" in path:
        return
    tree = ast.parse(source)
    for holder, node, text, names in _strings(tree):
        table = _TOUCHES.search(text)
        if table is None or _CONDITIONS in names:
            continue
        name = Path(path).name
        exempt = path.startswith(_PERSISTENCE) and (name, holder) in EXEMPT
        if not exempt:
            yield Found(
                path, node.lineno, f"reads `{table[1]}` in `{holder}` without the policy's conditions"
            )
    yield from _open_ends(path, tree)


def _open_ends(path: str, tree: ast.Module) -> Iterator[Found]:
    """A constant that ends in WHERE is used only in an f-string that goes on with the conditions."""
    open_names = {
        node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and _TOUCHES.search(_text(node.value))
        and _text(node.value).rstrip().upper().endswith("WHERE")
    }
    guarded = {
        id(part.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and _CONDITIONS in _names(node)
        for part in node.values
        if isinstance(part, ast.FormattedValue)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        if node.id in open_names and id(node) not in guarded:
            yield Found(path, node.lineno, f"`{node.id}` is used without the policy's conditions")


def unasked_policy(path: str, source: str) -> Iterator[Found]:
    """Yield the use cases that fetch clinical data and never ask the policy."""
    if "/application/" not in path:
        return
    kind = "exam" if "exam_results" in path else "file" if "file_management" in path else None
    if kind is None:
        return
    fetches, asks = _ASKS[kind]
    for unit in ast.walk(ast.parse(source)):
        if not isinstance(unit, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        called = {_called(node) for node in ast.walk(unit) if isinstance(node, ast.Call)}
        fetched = called & {f"{owner}.{name}" for owner in ("reads", "files") for name in fetches}
        if fetched and not {name.rpartition(".")[2] for name in called} & asks:
            yield Found(path, unit.lineno, f"`{unit.name}` fetches and never asks the policy")
        if "exams.load" in called and unit.name != "exam_for" and Path(path).name not in _SYSTEM:
            yield Found(path, unit.lineno, f"`{unit.name}` loads an exam beside `exam_for`")


_SYSTEM = {
    "record_report_file.py",
    "open_result.py",
    "follow_patient.py",
}  # own acts: nobody is told anything


def _called(call: ast.Call) -> str:
    """`self.files.file(...)` and `work.reads.one(...)` become `files.file` and `reads.one`."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    if not isinstance(function, ast.Attribute):
        return ""
    of = function.value
    owner = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
    return f"{owner}.{function.attr}"


def _strings(tree: ast.Module) -> Iterator[tuple[str, ast.expr, str, set[str]]]:
    """Yield (the constant or function that holds it, node, text, names it interpolates) of every string."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}

    def walk(node: ast.AST, holder: str) -> Iterator[tuple[str, ast.expr, str, set[str]]]:
        for child in ast.iter_child_nodes(node):
            name = holder
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                name = child.name
            elif isinstance(child, ast.Assign) and isinstance(child.targets[0], ast.Name) and not holder:
                name = child.targets[0].id
            is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if is_docstring:
                continue
            if isinstance(child, ast.JoinedStr | ast.Constant) and id(child) not in inner:
                yield name, child, _text(child), _names(child)
            yield from walk(child, name)

    yield from walk(tree, "")


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else " ? " for part in node.values)
    return ""


def _names(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.JoinedStr):
        return set()
    values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    return {value.id for value in values if isinstance(value, ast.Name)}

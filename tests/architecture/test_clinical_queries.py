"""No query of clinical data passes the policy by; and the lint that says so finds what it should."""

from pathlib import Path

import pytest

from tests.architecture.clinical_queries import EXEMPT, unasked_policy, unguarded_sql

ROOT = Path(__file__).resolve().parents[2]
READS = "services/exam_results/infrastructure/persistence/exam_reads.py"
QUERY = "services/exam_results/application/queries/new.py"
FILES = "services/file_management/application/queries/new.py"


def sources() -> list[tuple[str, str]]:
    paths = sorted((ROOT / "services").rglob("*.py"))
    return [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def test_every_query_of_clinical_data_goes_through_the_policy() -> None:
    found = [str(each) for path, source in sources() for each in unguarded_sql(path, source)]
    found += [str(each) for path, source in sources() for each in unasked_policy(path, source)]
    assert found == []


def test_every_exemption_is_of_something_that_exists() -> None:
    folder = ROOT / "services/exam_results/infrastructure/persistence"
    stale = [key for key in EXEMPT if key[1] not in (folder / key[0]).read_text(encoding="utf-8")]
    assert stale == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (READS, 'SQL = "SELECT results FROM exams WHERE exam_id = $1"'),
        (
            READS,
            'async def all(self):\n    return await self.s.rows(f"SELECT * FROM exams e {joins} LIMIT 1")',
        ),
        (
            READS,
            "async def x(self):\n    await self.s.rows('''select body\n from reports where exam_id = $1''')",
        ),
        (READS, '_ONE = "SELECT * FROM exams WHERE "\nsql = _ONE + "true"'),
        (READS, '_ONE = "SELECT * FROM exams WHERE "\nsql = f"{_ONE} exam_id = $1"'),
        ("services/accounts/infrastructure/persistence/x.py", 'Q = "SELECT * FROM exam_files"'),
        ("services/notification/infrastructure/x.py", 'Q = "SELECT 1 FROM patients p JOIN exams e ON true"'),
        ("services/exam_results/interface/x.py", "Q = \"UPDATE exams SET state = 'released'\""),
    ],
)
def test_a_statement_without_the_conditions_is_found(path: str, source: str) -> None:
    assert list(unguarded_sql(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (READS, 'def page(where):\n    return f"SELECT * FROM exams e WHERE {where} LIMIT 1"'),
        (READS, '_ONE = "SELECT * FROM exams WHERE "\ndef one(where):\n    return f"{_ONE} {where} LIMIT 1"'),
        (READS, '"""A module that tells of SELECT * FROM exams in its docstring."""'),
        (
            "services/exam_results/infrastructure/persistence/exam_store.py",
            '_LOAD = "SELECT 1 FROM exam_events"',
        ),
        ("services/accounts/infrastructure/persistence/x.py", 'Q = "SELECT * FROM accounts"'),
    ],
)
def test_a_statement_with_the_conditions_passes(path: str, source: str) -> None:
    assert not list(unguarded_sql(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (QUERY, "async def run(reads, view):\n    return await reads.one(view, 1, None)"),
        (QUERY, "async def run(work):\n    return await work.reads.page(criteria, audit)"),
        (QUERY, "async def run(work):\n    return await work.exams.load(exam_id)"),
        (FILES, "async def run(self, file_id):\n    return await self.files.file(file_id)"),
        (FILES, "async def run(self, exam_id):\n    return await self.files.files_of(exam_id)"),
    ],
)
def test_a_use_case_that_never_asks_the_policy_is_found(path: str, source: str) -> None:
    assert list(unasked_policy(path, source))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (QUERY, "async def run(reads, c):\n    return await reads.one(view_of(c), 1, None)"),
        (QUERY, "async def exam_for(work):\n    return await work.exams.load(exam_id)"),
        (
            FILES,
            "async def run(self, c):\n    f = await self.files.file(1)\n    return await within_reach(c, [f], r, n)",
        ),
    ],
)
def test_a_use_case_that_asks_the_policy_passes(path: str, source: str) -> None:
    assert not list(unasked_policy(path, source))

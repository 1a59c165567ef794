"""import-linter holds the house's walls; this runs it with the tests, so that nobody forgets."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_walls_of_the_house_stand() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout[-4000:]


def test_no_file_wants_splitting_and_init_files_are_empty() -> None:
    long = {}
    for path in (ROOT / "services").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == "__init__.py":
            assert not text.strip(), f"{path} re-exports"
        if len(text.splitlines()) > 300:
            long[str(path.relative_to(ROOT))] = len(text.splitlines())
    assert not long


def test_no_room_is_called_by_a_word_that_says_nothing() -> None:
    empty_words = {"utils", "helpers", "common", "manager", "base", "misc"}
    names = {path.stem for path in (ROOT / "services").rglob("*.py")}
    assert not names & empty_words

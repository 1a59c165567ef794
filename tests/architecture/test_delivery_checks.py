"""The checks of the infrastructure tell the truth: what could not run is not passed, and a failure is an error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.checks import check_infra, terraform
from infra.checks.outcome import Failed, Skipped, run

ROOT = Path(__file__).resolve().parents[2]


def raising(problem: Exception) -> Callable[[], None]:
    def check() -> None:
        raise problem

    return check


def nothing_found() -> None:
    """A check that passes."""


def test_a_failure_is_shown_and_ends_with_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check_infra, "CHECKS", {"one": nothing_found, "two": raising(Failed("line 3"))})
    assert check_infra.main([]) == 1
    said = capsys.readouterr().out
    assert "failed   two:\nline 3" in said
    assert "1 passed, 1 failed, 0 SKIPPED" in said


def test_what_could_not_run_is_said_loudly_and_never_counted_as_passed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check_infra, "CHECKS", {"one": raising(Skipped("no mirror"))})
    assert check_infra.main([]) == 0
    said = capsys.readouterr().out
    assert "SKIPPED  one: no mirror" in said
    assert "0 passed, 0 failed, 1 SKIPPED" in said


def test_asking_for_a_check_that_does_not_exist_is_an_error() -> None:
    assert check_infra.main(["no such check"]) == 1


def test_a_missing_mirror_skips_what_needs_the_provider(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TF_PLUGIN_MIRROR", str(tmp_path))
    monkeypatch.delenv("LAUDO_TERRAFORM_REGISTRY", raising=False)
    with pytest.raises(Skipped, match="no mirror with the AWS provider"):
        terraform.environments_are_valid()


def test_a_tool_that_ends_with_an_error_fails_its_check_with_its_own_words() -> None:
    with pytest.raises(Failed, match="not here"):
        run(["sh", "-c", "echo not here >&2; exit 2"], cwd=ROOT)

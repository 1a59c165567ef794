"""GitHub workflows: they are well formed, and give nobody more than is needed."""

from infra.checks.environment import ROOT, tool
from infra.checks.outcome import run


def well_formed() -> None:
    files = [str(file.relative_to(ROOT)) for file in sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
    run([tool("actionlint"), "-shellcheck", tool("shellcheck"), *files], cwd=ROOT)


def safe() -> None:
    run([tool("zizmor"), "--offline", "--no-progress", ".github/workflows"], cwd=ROOT)

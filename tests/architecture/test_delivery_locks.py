"""What is tested is what is delivered: an image's packages are those of locks/dev.txt, and only its service's."""

import re
import tomllib
from pathlib import Path

import pytest

from infra.docker.lock_services import SERVICES, pinned_versions
from infra.local.environment import LIBRARIES

ROOT = Path(__file__).resolve().parents[2]
DEV = pinned_versions(ROOT / "locks" / "dev.txt")
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
NOT_FOR_AN_IMAGE = {"pytest", "mypy", "ruff", "moto", "playwright", "typer", "hypothesis"}


def wanted(group: str) -> set[str]:
    """Return the names that a dependency group asks for, with the groups it includes."""
    names: set[str] = set()
    for item in GROUPS[group]:
        if isinstance(item, dict):
            names |= wanted(item["include-group"])
        else:
            names.add(re.split(r"[\[<>=~! ;]", item, maxsplit=1)[0].lower().replace("_", "-"))
    return names


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_installs_the_versions_that_were_tested(service: str) -> None:
    versions = pinned_versions(ROOT / "locks" / f"{service}.txt")
    assert versions
    assert {name: version for name, version in versions.items() if DEV.get(name) != version} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_has_what_its_group_asks_for_and_no_tools(service: str) -> None:
    versions = pinned_versions(ROOT / "locks" / f"{service}.txt")
    assert wanted(service) - set(versions) == set(), "run `python -m infra.docker.lock_services`"
    assert not NOT_FOR_AN_IMAGE & set(versions)


@pytest.mark.parametrize("service", SERVICES)
def test_every_package_of_an_image_is_pinned_by_hash(service: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / "locks" / f"{service}.txt").read_text(), flags=re.MULTILINE)
    assert [entry for entry in entries[1:] if "--hash=sha256:" not in entry] == []


def test_only_the_renderer_carries_the_heavy_packages() -> None:
    heavy = {"weasyprint", "pyhanko", "pikepdf", "pypdfium2"}
    holders = {s for s in SERVICES if heavy & set(pinned_versions(ROOT / "locks" / f"{s}.txt"))}
    assert holders == {"file-management"}


def test_the_renderers_image_has_the_libraries_that_a_checkout_has() -> None:
    recipe = (ROOT / "infra" / "docker" / "Dockerfile").read_text(encoding="utf-8")
    listed = re.search(r"--no-install-recommends \\\n(.*?)&&", recipe, flags=re.DOTALL)
    assert listed is not None
    assert set(listed[1].replace("\\", " ").split()) == set(LIBRARIES)

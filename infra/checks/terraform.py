"""Terraform: format, every environment and module valid, the modules' own tests, and a real apply to the emulator."""

import os
import shutil
import sys
from pathlib import Path

from infra.checks.environment import ROOT, work_folder
from infra.checks.outcome import Skipped, run

_PLACES_OF_A_MIRROR = (Path("/opt/tf-plugins"), Path("/usr/share/terraform/plugins"))
_PROVIDER = Path("registry.terraform.io") / "hashicorp" / "aws"


def format_is_canonical() -> None:
    run([_terraform(), "fmt", "-check", "-diff", "-recursive", "terraform"], cwd=ROOT)


def environments_are_valid() -> None:
    env = _provider_at_hand()
    for environment in sorted(path for path in (_copy("valid") / "envs").iterdir() if path.is_dir()):
        run([_terraform(), "init", "-backend=false", "-input=false", "-no-color"], cwd=environment, env=env)
        run([_terraform(), "validate", "-no-color"], cwd=environment, env=env)


def modules_pass_their_tests() -> None:
    env = _provider_at_hand()
    for tests in sorted(_copy("tests").glob("modules/*/tests")):
        run([_terraform(), "init", "-backend=false", "-input=false", "-no-color"], cwd=tests.parent, env=env)
        run([_terraform(), "test", "-no-color"], cwd=tests.parent, env=env)


def the_emulator_takes_the_whole_stack() -> None:
    env = _provider_at_hand()
    if not (ROOT / ".engines" / "bin" / "python").exists():
        raise Skipped("the AWS emulator is not installed: run `make environment`")
    _terraform()
    work = _copy("emulator").parent
    run([sys.executable, "-m", "infra.checks.emulator", str(work)], cwd=ROOT, env=env)


def _terraform() -> str:
    found = shutil.which("terraform")
    if found is None:
        raise Skipped("terraform is not installed")
    return found


def _copy(name: str) -> Path:
    """Terraform leaves state and providers where it runs, so it runs in a copy."""
    work = work_folder(f"terraform-{name}")
    shutil.copytree(
        ROOT / "terraform", work / "terraform", ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*")
    )
    shutil.copy(ROOT / "topology.json", work)
    return work / "terraform"


def _provider_at_hand() -> dict[str, str]:
    """Return an environment in which Terraform finds the AWS provider without asking the world for it."""
    env = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    if os.environ.get("LAUDO_TERRAFORM_REGISTRY") == "1":
        return env
    named = os.environ.get("TF_PLUGIN_MIRROR")
    for mirror in [Path(named)] if named else _PLACES_OF_A_MIRROR:
        if (mirror / _PROVIDER).is_dir():
            settings = work_folder("terraform-settings") / "mirror.tfrc"
            settings.write_text(
                f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
            )
            return {**env, "TF_CLI_CONFIG_FILE": str(settings)}
    raise Skipped(
        "no mirror with the AWS provider: name its folder in TF_PLUGIN_MIRROR, or set LAUDO_TERRAFORM_REGISTRY=1"
        " to fetch it"
    )

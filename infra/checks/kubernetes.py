"""Kubernetes: every overlay renders, and every resource fits the schema of the version we run."""

import json
import shutil

from infra.checks.environment import ROOT, tool, work_folder
from infra.checks.outcome import Failed, Skipped, run

VERSION = "1.33"
_VALIDATE = ROOT / "infra" / "checks" / "kubernetes_schemas.py"


def overlays_fit_the_schemas() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise Skipped("kubectl is not installed")
    work = work_folder("kubernetes")
    for overlay in sorted((ROOT / "k8s" / "overlays").iterdir()):
        rendered = work / f"{overlay.name}.yaml"
        rendered.write_text(run([kubectl, "kustomize", str(overlay)], cwd=ROOT), encoding="utf-8")
        said = json.loads(run([tool("python"), str(_VALIDATE), str(rendered), VERSION], cwd=ROOT))
        if said["errors"] or not said["resources"]:
            raise Failed("\n".join(said["errors"]) or f"{overlay.name} renders nothing")

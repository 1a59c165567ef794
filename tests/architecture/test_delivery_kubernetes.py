"""The manifests, as `kubectl kustomize` renders them, fit the code they start: settings, paths, roles, limits."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.accounts.bootstrap.settings import Settings as AccountsSettings
from services.exam_results.bootstrap.settings import Settings as ExamResultsSettings
from services.file_management.bootstrap.settings import Settings as FileManagementSettings
from services.file_management.bootstrap.settings import WorkerSettings as FileManagementWorkerSettings
from services.notification.bootstrap.settings import NotificationSettings
from services.portal.bootstrap.settings import PortalSettings
from services.shared.platform.settings import ServiceSettings
from services.shared.platform.topology import load_topology

ROOT = Path(__file__).resolve().parents[2]
TOPOLOGY = load_topology().raw
PATHS = {name: service["path"] for name, service in TOPOLOGY["services"].items()}
ENVIRONMENTS = ("staging", "production")

SETTINGS: dict[str, type[ServiceSettings]] = {
    "services.accounts": AccountsSettings,
    "services.exam_results": ExamResultsSettings,
    "services.file_management": FileManagementSettings,
    "services.file_management.bootstrap.worker": FileManagementWorkerSettings,
    "services.notification": NotificationSettings,
    "services.portal": PortalSettings,
}
# What only the role that owns the tables, or writes their outbox, is told.
NEEDED_BESIDES = {
    "worker": {"LAUDO_RELAY_DATABASE_URL", "LAUDO_SEALER_DATABASE_URL"},
    "migrate": {"LAUDO_RELAY_DATABASE_URL", "LAUDO_SEALER_DATABASE_URL", "LAUDO_OWNER_DATABASE_URL"},
}

Manifest = dict[str, Any]


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("SKIPPED, not passed: kubectl is not installed here")
    command = [kubectl, "kustomize", str(ROOT / "k8s" / "overlays" / request.param)]
    rendered = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(yaml.safe_load_all(rendered))


def test_every_service_has_an_api_a_worker_and_its_own_account(manifests: list[Manifest]) -> None:
    deployments = {item["metadata"]["name"]: item for item in of_kind(manifests, "Deployment")}
    wanted = {f"{name}-{process}" for name in PATHS for process in ("api", "worker")} | {"portal-api"}
    assert set(deployments) == wanted
    for name, deployment in deployments.items():
        account = deployment["spec"]["template"]["spec"]["serviceAccountName"]
        assert account == name.rpartition("-")[0]
    assert {item["metadata"]["name"] for item in of_kind(manifests, "ServiceAccount")} == {*PATHS, "portal"}


def test_each_process_is_told_all_that_it_asks_for(
    manifests: list[Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = shared_settings(manifests)
    for container in containers(manifests):
        (module,) = container["args"]
        named = {item["name"]: item.get("value") or example_of(item["name"]) for item in container["env"]}
        takes_shared = [source["configMapRef"]["name"] for source in container["envFrom"]]
        assert [name.rpartition("-")[0] for name in takes_shared] == ["settings"], module
        with monkeypatch.context() as environment:
            for name in [name for name in os.environ if name.startswith("LAUDO_")]:
                environment.delenv(name)
            for name, value in (settings | named).items():
                environment.setenv(name, value)
            told = settings_of(module)()  # raises when something that is required is missing
        fields = {f"LAUDO_{field.upper()}" for field in type(told).model_fields}
        assert set(named) <= fields, f"{module} does not know all that it is told"
        assert NEEDED_BESIDES.get(module.rpartition(".")[2], set()) & fields <= set(named), module


def test_the_tables_owner_is_known_to_migrations_alone(manifests: list[Manifest]) -> None:
    knowing = {
        container["args"][0].rpartition(".")[2]
        for container in containers(manifests)
        if "LAUDO_OWNER_DATABASE_URL" in {item["name"] for item in container["env"]}
    }
    assert knowing == {"migrate"}


def test_what_is_shared_is_asked_for_by_somebody_and_no_demonstration(manifests: list[Manifest]) -> None:
    known = {f"LAUDO_{field.upper()}" for kind in SETTINGS.values() for field in kind.model_fields}
    told = set(shared_settings(manifests))
    assert told <= known
    assert not {"LAUDO_LOCAL_DEMO", "LAUDO_KILL_FOLDER", "LAUDO_AWS_ENDPOINT_URL"} & told


def test_paths_lead_where_topology_says(manifests: list[Manifest]) -> None:
    (ingress,) = of_kind(manifests, "Ingress")
    (rule,) = ingress["spec"]["rules"]
    routes = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert routes == {**{path: name for name, path in PATHS.items()}, "/": "portal", "/metrics": "not-found"}
    assert f"https://{rule['host']}" == shared_settings(manifests)["LAUDO_PUBLIC_URL"]


def test_probes_ask_under_the_services_own_path(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        service, _, process = deployment["metadata"]["name"].rpartition("-")
        if process == "api":
            (container,) = deployment["spec"]["template"]["spec"]["containers"]
            probes = {
                probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("liveness", "readiness")
            }
            path = PATHS.get(service, "")
            assert probes == {"liveness": f"{path}/healthz", "readiness": f"{path}/readyz"}


def test_every_process_is_scraped_and_no_metric_leaves_the_network(manifests: list[Manifest]) -> None:
    for deployment in of_kind(manifests, "Deployment"):
        _, _, process = deployment["metadata"]["name"].rpartition("-")
        template = deployment["spec"]["template"]
        said = template["metadata"]["annotations"]
        assert (said["prometheus.io/scrape"], said["prometheus.io/path"]) == ("true", "/metrics")
        (container,) = template["spec"]["containers"]
        (port,) = container["ports"]
        assert said["prometheus.io/port"] == str(port["containerPort"])
        if process == "worker":
            told = {item["name"]: item.get("value") for item in container["env"]}
            assert told["LAUDO_METRICS_PORT"] == said["prometheus.io/port"]
            assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": port["name"]}
    (ingress,) = of_kind(manifests, "Ingress")
    (answered_here,) = [
        path for path in ingress["spec"]["rules"][0]["http"]["paths"] if path["path"] == "/metrics"
    ]
    assert answered_here["pathType"] == "Exact"
    assert answered_here["backend"]["service"] == {"name": "not-found", "port": {"name": "use-annotation"}}
    action = json.loads(ingress["metadata"]["annotations"]["alb.ingress.kubernetes.io/actions.not-found"])
    assert (action["type"], action["fixedResponseConfig"]["statusCode"]) == ("fixed-response", "404")


def test_every_pod_is_held_short(manifests: list[Manifest]) -> None:
    for pod in pods(manifests):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
    for container in containers(manifests):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert not container["image"].endswith(":latest")
        assert ":" in container["image"]


@pytest.mark.parametrize("kind", ["PodDisruptionBudget", "HorizontalPodAutoscaler"])
def test_every_deployment_survives_a_lost_node_and_a_rush(kind: str, manifests: list[Manifest]) -> None:
    deployments = {item["metadata"]["name"] for item in of_kind(manifests, "Deployment")}
    held = of_kind(manifests, kind)
    assert {item["metadata"]["name"] for item in held} == deployments
    assert all(item["spec"].get("minReplicas", 2) >= 2 for item in held)


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [item for item in manifests if item["kind"] == kind]


def pods(manifests: list[Manifest]) -> list[Manifest]:
    return [item["spec"]["template"]["spec"] for item in manifests if item["kind"] in {"Deployment", "Job"}]


def containers(manifests: list[Manifest]) -> Iterator[Manifest]:
    for pod in pods(manifests):
        yield from (*pod.get("initContainers", ()), *pod["containers"])


def shared_settings(manifests: list[Manifest]) -> dict[str, str]:
    (settings,) = of_kind(manifests, "ConfigMap")
    return dict(settings["data"])


def settings_of(module: str) -> type[ServiceSettings]:
    return SETTINGS.get(module) or SETTINGS[".".join(module.split(".")[:2])]


def example_of(name: str) -> str:
    if name.endswith("_URL"):
        return "scheme://host/path"
    return "{}" if name == "LAUDO_MACHINE_CLIENTS" else "s" * 40

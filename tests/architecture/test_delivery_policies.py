"""One declaration, two carriers: Terraform's roles and the emulator's users may do the same things."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.provision.policies import service_policy
from infra.local.provision.valkey_users import access_string
from services.shared.platform.topology import load_topology

ROOT = Path(__file__).resolve().parents[2]
TOPOLOGY = load_topology().raw
SERVICES = sorted(TOPOLOGY["services"])
KEY_IDS = {name: f"id-of-{name}" for name in TOPOLOGY["keys"]}

# The emulator asks for names that AWS does not have: its batch calls, and keys by their alias.
EMULATOR_ONLY_ACTIONS = {
    "sns:PublishBatch",
    "sqs:SendMessageBatch",
    "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibilityBatch",
}

Right = tuple[str, str, str, str]


def planned_outputs(copy: Path, name: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Plan a pure module (it needs no provider) in a copy, so that nothing is left in the checkout."""
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("SKIPPED, not passed: terraform is not installed here")
    module = copy / "terraform" / "modules" / name
    shutil.copytree(ROOT / "terraform" / "modules" / name, module)
    shutil.copy(ROOT / "topology.json", copy)
    (module / "terraform.tfvars.json").write_text(json.dumps(variables))
    for arguments in (["init", "-input=false"], ["plan", "-input=false", "-out=plan"]):
        subprocess.run([terraform, *arguments], cwd=module, check=True, capture_output=True)
    shown = subprocess.run([terraform, "show", "-json", "plan"], cwd=module, check=True, capture_output=True)
    outputs: dict[str, Any] = json.loads(shown.stdout)["planned_values"]["outputs"]
    return {name: output["value"] for name, output in outputs.items()}


@pytest.fixture(scope="module")
def terraform_policies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    variables = {
        "account_id": TOPOLOGY["account_id"],
        "region": TOPOLOGY["region"],
        "key_arns": {name: _key_arn(key_id) for name, key_id in KEY_IDS.items()},
    }
    documents = planned_outputs(tmp_path_factory.mktemp("terraform"), "policies", variables)["documents"]
    return {service: json.loads(document) for service, document in documents.items()}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_do_the_same_in_aws_and_in_the_emulator(
    service: str, terraform_policies: dict[str, Any]
) -> None:
    emulator = rights(service_policy(TOPOLOGY, service, KEY_IDS))
    known_to_aws = {
        right for right in emulator if right[1] not in EMULATOR_ONLY_ACTIONS and ":alias/" not in right[2]
    }
    assert rights(terraform_policies[service]) == known_to_aws


def test_the_comparison_sees_a_right_too_many(terraform_policies: dict[str, Any]) -> None:
    policy = terraform_policies["accounts"]
    widened = {**policy, "Statement": [*policy["Statement"], {**policy["Statement"][0], "Resource": ["*"]}]}
    assert rights(widened) != rights(policy)


def test_no_service_reaches_what_another_owns(terraform_policies: dict[str, Any]) -> None:
    for service, policy in terraform_policies.items():
        foreign = [name for name, queue in TOPOLOGY["queues"].items() if queue["consumer"] != service]
        for effect, action, resource, _ in rights(policy):
            reads = action in {"sqs:ReceiveMessage", "sqs:DeleteMessage"}
            assert not (effect == "Allow" and reads and resource.rpartition(":")[2] in foreign)
            assert "*" not in action


def test_audit_segments_are_appended_under_the_own_prefix_and_never_removed(
    terraform_policies: dict[str, Any],
) -> None:
    bucket = "arn:aws:s3:::laudo-audit"
    for service, policy in terraform_policies.items():
        allowed = {right for right in rights(policy) if right[0] == "Allow" and right[2].startswith(bucket)}
        assert {action for _, action, resource, _ in allowed if resource.endswith("*")} == {
            "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"
        }  # fmt: skip
        for _, action, resource, condition in allowed:
            own_prefix = json.dumps({"StringLike": {"s3:prefix": [f"{service}/*"]}})
            assert resource == f"{bucket}/{service}/*" or (resource == bucket and condition == own_prefix)
            assert "Delete" not in action
        denied = {right[1] for right in rights(policy) if right[0] == "Deny" and right[2] == f"{bucket}/*"}
        assert denied >= {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"}


def test_a_user_of_valkey_has_the_same_rules_in_aws_and_here(tmp_path: Path) -> None:
    users = TOPOLOGY["valkey"]["users"]
    assert planned_outputs(tmp_path, "valkey_rules", {})["access_strings"] == {
        user: access_string(TOPOLOGY, user) for user in users
    }


def rights(policy: dict[str, Any]) -> set[Right]:
    return {
        (statement["Effect"], action, resource, json.dumps(statement.get("Condition"), sort_keys=True))
        for statement in policy["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def _key_arn(key_id: str) -> str:
    return f"arn:aws:kms:{TOPOLOGY['region']}:{TOPOLOGY['account_id']}:key/{key_id}"

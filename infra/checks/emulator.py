"""Applies the whole stack to the AWS emulator, and asks the emulator whether what was declared is there.

Run by check_infra with `.venv`'s Python (the emulator lives in `.engines`): `-m infra.checks.emulator <work folder>`.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.local.engines.aws import AwsServer
from infra.local.engines.process import Command
from infra.local.provision.clients import AdminClients, AwsAccount

ROOT = Path(__file__).resolve().parents[2]
TOPOLOGY: dict[str, Any] = json.loads((ROOT / "topology.json").read_text(encoding="utf-8"))
ACCOUNT = "000000000000"
ASKED = ("s3", "sns", "sqs", "dynamodb", "kms", "iam", "sts", "eks", "cloudwatch", "sesv2", "events")


class WholeAws(AwsServer):
    """The emulator with what the product itself never calls: alarms and Kubernetes."""

    def command(self) -> Command:
        command = super().command()
        # It speaks no TLS, and with AUTH it would rightly hold us to the policies that demand it.
        wanted = {"SERVICES": "monitoring," + ",".join(ASKED), "AUTH": "false"}
        return replace(command, env={**command.env, **wanted})


def main(work: Path) -> None:
    home = work / "emulator"
    shutil.rmtree(home, ignore_errors=True)
    server = WholeAws(home, _free_port(), region=TOPOLOGY["region"], account_id=ACCOUNT)
    server.start()
    try:
        account = AwsAccount(server.url, TOPOLOGY["region"], ACCOUNT)
        _make_cluster(account)
        _apply(work, server.url)
        _look(AdminClients(account))
    finally:
        server.stop()


def _make_cluster(account: AwsAccount) -> None:
    """The cluster is another stack's; the roles only refer to it."""
    account.client("eks").create_cluster(
        name="laudo-staging",
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/cluster",
        resourcesVpcConfig={"subnetIds": []},
    )


def _apply(work: Path, url: str) -> None:
    """Point the staging environment at the emulator, by Terraform's own override files, and apply it."""
    environment = work / "terraform" / "envs" / "staging"
    override = {
        "terraform": {"backend": {"local": {}}},
        "provider": {
            "aws": {
                "access_key": "test",
                "secret_key": "test",
                "skip_metadata_api_check": True,
                "s3_use_path_style": True,
                "endpoints": dict.fromkeys(ASKED, url),
            }
        },
    }
    variables = {"account_id": ACCOUNT, "alarm_actions": [f"arn:aws:sns:sa-east-1:{ACCOUNT}:on-call"]}
    (environment / "emulator_override.tf.json").write_text(json.dumps(override))
    (environment / "terraform.tfvars.json").write_text(json.dumps(variables))
    for arguments in (["init", "-input=false"], ["apply", "-input=false", "-auto-approve", "-no-color"]):
        done = subprocess.run(
            ["terraform", *arguments], cwd=environment, check=False, capture_output=True, text=True,
            env={**os.environ, "TF_IN_AUTOMATION": "1"},
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(done.stderr[-3000:])


def _look(clients: AdminClients) -> None:
    """An event published to each topic lies in the queues that asked for its type, and in no other."""
    queues = TOPOLOGY["queues"]
    for topic in TOPOLOGY["topics"]:
        arn = f"arn:aws:sns:{TOPOLOGY['region']}:{ACCOUNT}:{topic}"
        for kind in sorted(
            {kind for queue in queues.values() if queue.get("topic") == topic for kind in queue["types"]}
        ):
            attribute = {"type": {"DataType": "String", "StringValue": kind}}
            clients.sns.publish(TopicArn=arn, Message=kind, MessageAttributes=attribute)
    for name, queue in queues.items():
        if "topic" in queue:
            assert _received(clients, name) == sorted(queue["types"]), name
    roles = {role["RoleName"] for role in clients.iam.list_roles()["Roles"]}
    assert {f"laudo-{service}" for service in TOPOLOGY["services"]} <= roles
    assert clients.s3.get_bucket_versioning(Bucket=f"laudo-reports-{ACCOUNT}")["Status"] == "Enabled"
    assert set(TOPOLOGY["tables"]) <= set(clients.dynamodb.list_tables()["TableNames"])


def _received(clients: AdminClients, queue: str) -> list[str]:
    url = clients.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    bodies: list[str] = []
    while True:
        answer = clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        messages = answer.get("Messages", [])
        if not messages:
            return sorted(bodies)
        for message in messages:
            bodies.append(message["Body"])
            clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))

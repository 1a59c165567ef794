"""The AWS emulator: S3, SNS, SQS, DynamoDB, KMS, SES, SMS, EventBridge, Secrets Manager and IAM on one port."""

import http.client
from pathlib import Path

from infra.local.engines.process import Command
from infra.local.engines.server import Server, engine_file

_WRAPPER = Path(__file__).with_name("emulator.py")


class AwsServer(Server):
    """Signatures and IAM policies are enforced; state is on disk within a quarter of a second of a change."""

    name = "aws"

    def __init__(
        self, home: Path, port: int, *, region: str, account_id: str, log: Path | None = None
    ) -> None:
        super().__init__(home, port, log)
        self._region = region
        self._account_id = account_id

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        for folder in ("state", "s3", "tmp"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)

    def command(self) -> Command:
        return Command(
            argv=[str(engine_file("bin/python")), "-I", str(_WRAPPER)],
            env={
                "HOME": str(self.home),
                "TMPDIR": str(self.home / "tmp"),
                "BIND_HOST": "127.0.0.1",  # otherwise 0.0.0.0
                "GATEWAY_PORT": str(self.port),
                "IOT_MTLS_ENABLED": "false",  # otherwise an MQTT port on 0.0.0.0:8883
                "SFTP_ENABLED": "false",
                "SERVICES": "s3,sns,sqs,dynamodb,kms,ses,events,cognito-idp,secretsmanager,iam,sts,ssm",
                "AUTH": "true",  # otherwise anonymous reads succeed and presigned addresses prove nothing
                "PERSIST_STATE": "1",
                "STATE_DIR": str(self.home / "state"),
                "S3_PERSIST": "1",
                "S3_DATA_DIR": str(self.home / "s3"),
                "MINISTACK_REGION": self._region,
                "MINISTACK_ACCOUNT_ID": self._account_id,
                "LOG_LEVEL": "WARNING",
                "DOCKER_HOST": "unix:///nonexistent",
            },
            cwd=self.home,
        )

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/_ministack/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

"""boto3 clients as every service builds them: short time-outs, few retries, one connection pool each.

boto3 is loaded with the first client: an API that needs none until an administrator asks does not carry its 30 MB.
"""

from typing import Any

from services.shared.platform.settings import ServiceSettings
from services.shared.platform.spans.aws import observe_calls


def aws_client(
    name: str, settings: ServiceSettings, *, pool: int = 20, read_timeout_s: float = 10, retries: int = 2
) -> Any:
    """Return a thread-safe boto3 client; credentials are the process's own (`AWS_*` or the pod's role).

    `retries=0` for calls that must never be repeated unseen, such as sending a message to a person.
    """
    import boto3
    from botocore.config import Config

    client = boto3.session.Session().client(
        name,
        region_name=settings.aws_region,
        endpoint_url=settings.aws_endpoint_url,
        config=Config(
            connect_timeout=2,
            read_timeout=read_timeout_s,
            retries={"max_attempts": retries, "mode": "standard"},
            max_pool_connections=pool,
            s3={"addressing_style": "path"} if settings.aws_endpoint_url else {},
        ),
    )
    observe_calls(client)
    return client

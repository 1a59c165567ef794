"""The four services' APIs: a test that asks for `service` meets each, or the one it is parametrised with."""

import time
from collections.abc import Callable, Iterator

import pytest
import redis

from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.databases import DatabaseUrls
from tests.integration.apis.served import Served, collect_into
from tests.integration.apis.services import NAMES, Engines, Services, services
from tests.support.embedded import EmbeddedAws


@pytest.fixture(scope="module")  # they live no longer: what they do in the background would meet other tests
def all_services(
    new_database: Callable[[str], DatabaseUrls],
    valkey_server: ValkeyServer,
    mongo_url: str,
    postgres_admin_url: str,
    aws: EmbeddedAws,
) -> Iterator[Services]:
    with services(Engines(new_database, valkey_server, mongo_url, postgres_admin_url, aws)) as ready:
        yield ready


@pytest.fixture(params=NAMES)
def service(
    request: pytest.FixtureRequest,
    all_services: Services,
    valkey_server: ValkeyServer,
    aws: EmbeddedAws,
    monkeypatch: pytest.MonkeyPatch,
) -> Served:
    """Ready to let people in, also after a test elsewhere has emptied the Valkey that they share.

    They act as the emulator's administrator: what each may do in AWS is tested with the queues and the stack.
    """
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", aws.region)
    with redis.Redis.from_url(valkey_server.url()) as administrator:
        administrator.set("accounts:sessions:epoch", b"of the tests", nx=True)
    collect_into(all_services.log)  # tests elsewhere write their logs elsewhere
    served = all_services[request.param]
    deadline = time.monotonic() + 60
    while (state := served.send("GET", "/readyz")).status_code != 200:
        assert time.monotonic() < deadline, f"never ready: {state.text}"
        time.sleep(0.05)
    return served

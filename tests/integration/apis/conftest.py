"""The four services' APIs: a test that asks for `service` meets each, or the one it is parametrised with."""

from collections.abc import Callable, Iterator

import pytest

from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.databases import DatabaseUrls
from tests.integration.apis.served import Served
from tests.integration.apis.services import NAMES, Engines, Services, services
from tests.support.embedded import EmbeddedAws


@pytest.fixture(scope="package")
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
def service(request: pytest.FixtureRequest, all_services: Services) -> Served:
    return all_services[request.param]

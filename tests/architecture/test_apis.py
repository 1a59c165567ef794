"""Every route states who may call it, and docs/apis says what the code answers to."""

from pathlib import Path

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from infra.docs.apis import SERVICES, build, published_files
from services.accounts.domain.machine_scopes import MachineScope
from services.shared.kernel.principal import Role
from services.shared.platform.http.callers import Callers, Public, undeclared_routes
from services.shared.platform.rate_limits.limit import By
from services.shared.platform.topology import load_topology


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_states_who_may_call_it(service: str) -> None:
    assert list(undeclared_routes(build(service))) == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_lies_under_the_services_own_path(service: str) -> None:
    prefix = load_topology().raw["services"][service.replace("_", "-")]["path"]
    paths = {context.path for context in iter_route_contexts(build(service).routes)}
    assert paths
    # The scrape alone lies beside it: no gateway leads there.
    assert {path for path in paths if not str(path).startswith(prefix)} == {"/metrics"}


def test_only_these_routes_are_open_to_everyone() -> None:
    """A new public route is a decision: add it here, with the reason in its signature."""
    opened = {
        f"{method} {context.path}"
        for service in SERVICES
        for context in iter_route_contexts(build(service).routes)
        if isinstance(route := context.original_route, APIRoute)
        and any(isinstance(part.call, Public) for part in route.dependant.dependencies)
        and not any(isinstance(part.call, Callers) for part in route.dependant.dependencies)
        for method in route.methods or ()
        if not str(context.path).endswith(("/healthz", "/readyz"))
    }
    accounts = "/api/v1/accounts"
    assert opened == {
        f"POST {accounts}/sessions",
        f"POST {accounts}/sessions/refresh",
        f"POST {accounts}/sign-ins",
        f"POST {accounts}/sign-ins/proof",
        f"POST {accounts}/sign-ins/code",
        f"POST {accounts}/sign-ins/passkey-options",
        f"POST {accounts}/sign-ins/passkey",
        f"POST {accounts}/sign-ins/totp",
        f"POST {accounts}/sign-ins/totp/confirmation",
        f"POST {accounts}/password-resets",
        f"GET {accounts}/consents/texts/{{kind}}",
        f"POST {accounts}/erasures/receipt",
        f"POST {accounts}/password-resets/completion",
        f"POST {accounts}/first-access",
        f"POST {accounts}/first-access/completion",
        f"POST {accounts}/oauth/token",
        f"GET {accounts}/clinics",
        f"POST {accounts}/sign-ups",
        f"POST {accounts}/sign-ups/completion",
        f"POST {accounts}/invitations/opening",
        f"POST {accounts}/invitations/acceptance",
        f"GET {accounts}/.well-known/jwks.json",
        f"GET {accounts}/.well-known/openid-configuration",
        "GET /api/v1/files/verification/{code}",
        "GET /metrics",
    }


def test_doors_without_an_account_are_counted_over_all_processes() -> None:
    """What an attacker may try without being anybody: the count must not start anew in each process."""
    cheap = ("/metrics", "/healthz", "/readyz", "/.well-known/jwks.json", "/.well-known/openid-configuration")
    for service in SERVICES:
        for context in iter_route_contexts(build(service).routes):
            if not isinstance(route := context.original_route, APIRoute):
                continue
            for part in route.dependant.dependencies:
                if isinstance(part.call, Public) and not str(context.path).endswith(cheap):
                    by = {limit.by for limit in part.call.limits if limit.shared}
                    assert By.ADDRESS in by, context.path
                    asks_for_a_login = any("login" in body for body in _fields(route))
                    assert (By.LOGIN in by) == asks_for_a_login, context.path


def test_programs_of_a_clinic_get_nowhere_without_a_scope_of_the_closed_list() -> None:
    """A scope nobody can be granted, or a granted one that opens nothing, is a mistake as well."""
    opened = set()
    for service in SERVICES:
        for context in iter_route_contexts(build(service).routes):
            if not isinstance(route := context.original_route, APIRoute):
                continue
            for part in route.dependant.dependencies:
                if isinstance(part.call, Callers) and Role.INTEGRATION in part.call.roles:
                    assert part.call.scope in set(MachineScope), context.path
                    opened.add(part.call.scope)
    assert opened == set(MachineScope)


def _fields(route: APIRoute) -> list[set[str]]:
    """Return the names of what each body of the route may hold; a hot route's is described alone."""
    models = [part.field_info.annotation for part in route.dependant.body_params]
    content = (route.openapi_extra or {}).get("requestBody", {}).get("content", {}).values()
    described = [set(each["schema"]["properties"]) for each in content]
    return described + [set(getattr(model, "model_fields", {})) for model in models]


@pytest.mark.parametrize("path", [f"docs/apis/{service.replace('_', '-')}.json" for service in SERVICES])
def test_the_published_description_is_what_the_code_says(path: str) -> None:
    file = Path(__file__).resolve().parents[2] / path
    assert file.read_text(encoding="utf-8") == published_files()[file], "run `make docs`"

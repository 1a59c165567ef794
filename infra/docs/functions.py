"""Publishes who may call which function, and how often, to docs/security/functions.md, from the routes themselves."""

from collections.abc import Iterator
from pathlib import Path

from fastapi.routing import APIRoute, iter_route_contexts

from infra.docs.apis import ROOT, SERVICES, build
from services.shared.kernel.principal import STAFF, Role
from services.shared.platform.http.callers import Callers, Public
from services.shared.platform.http.limits import PER_ADDRESS, PER_PERSON
from services.shared.platform.rate_limits.limit import Limit

PAGE = ROOT / "docs/security/functions.md"
PEOPLE = {Role.PATIENT, *STAFF}
_HEAD = """# Who may call what

Written by `make docs` from the declarations beside the routes (`callers(...)`, `public(...)`); a test holds it to them.
Who is not named is refused with 403, who brings no token with 401, before anything is read. What of the data a caller
then sees is [policy.md](policy.md) and [authorization.md](authorization.md). *People*: patients and all staff.
*Usual* limits: {usual}.
"""
_NOT_LISTED = ("/healthz", "/readyz", "/metrics", "/")  # the last: the same function with a slash too many


def page() -> dict[Path, str]:
    usual = f"{_words(PER_PERSON)}; on open routes {_words(PER_ADDRESS)}"
    parts = [_HEAD.format(usual=usual)]
    for service in SERVICES:
        rows = "\n".join(sorted(_rows(service)))
        parts.append(
            f"## {service.replace('_', '-')}\n\n| function | callers | limits |\n|---|---|---|\n{rows}\n"
        )
    return {PAGE: "\n".join(parts)}


def _rows(service: str) -> Iterator[str]:
    for context in iter_route_contexts(build(service).routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or str(context.path).endswith(_NOT_LISTED):
            continue
        for part in route.dependant.dependencies:
            if isinstance(part.call, Callers | Public):
                for method in sorted(route.methods or ()):
                    yield f"| `{context.path}` {method} | {_callers(part.call)} | {_limits(part.call)} |"


def _callers(declared: Callers | Public) -> str:
    if isinstance(declared, Public):
        return f"everyone: {declared.reason}"
    scope = f" with `{declared.scope}`" if declared.scope else ""
    roles = set(declared.roles)
    words = ["people", *sorted(roles - PEOPLE)] if roles >= PEOPLE else sorted(roles)
    return ", ".join(words) + scope


def _limits(declared: Callers | Public) -> str:
    if declared.limits in (PER_PERSON, PER_ADDRESS):
        return "usual"
    return _words(declared.limits) or "none"


def _words(limits: tuple[Limit, ...]) -> str:
    return ", ".join(f"{limit.amount} in {limit.seconds} s by {limit.by.value}" for limit in limits)


def main() -> None:
    for path, text in page().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

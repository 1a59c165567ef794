"""Which page a person was on: to return to it after signing in or changing the language."""

from urllib.parse import parse_qsl

from fastapi import Request
from starlette.routing import Match


def search_key_of(request: Request) -> str | None:
    """The key of the search that the person is changing, from the address of the page (htmx states it)."""
    _, _, query = request.headers.get("hx-current-url", "").partition("?")
    return dict(parse_qsl(query)).get("f")


def page_of(request: Request) -> str:
    """This page, or for a form without a page of its own, the page above it. Never a query that was not in a GET."""
    path = request.url.path
    if request.headers.get("hx-request") == "true":
        _, _, rest = request.headers.get("hx-current-url", "").partition("://")
        return "/" + rest.partition("/")[2].partition("#")[0]
    if request.method == "GET":
        return path + (f"?{request.url.query}" if request.url.query else "")
    as_get = {**request.scope, "method": "GET"}
    has_page = any(route.matches(as_get)[0] is Match.FULL for route in request.app.routes)
    return path if has_page else path.rsplit("/", 1)[0] or "/"

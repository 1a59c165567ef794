"""All routes of accounts."""

from fastapi import APIRouter

from services.accounts.interface.http import (
    access,
    first_access,
    me,
    password,
    patients,
    proxies,
    second_factors,
    sessions,
    sign_ins,
    step_up,
)
from services.accounts.interface.http.issuer import issuer_router
from services.shared.platform.http.access_routes import access_routes

PREFIX = "/api/v1/accounts"
TAKES_FORMS = frozenset({f"{PREFIX}/oauth/token"})


def all_routers(issuer: str) -> list[APIRouter]:
    return [
        sessions.router,
        sign_ins.router,
        step_up.router,
        password.router,
        second_factors.router,
        me.router,
        access.router,
        access_routes(),
        proxies.router,
        patients.router,
        first_access.router,
        issuer_router(issuer),
    ]

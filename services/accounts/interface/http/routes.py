"""All routes of accounts."""

from fastapi import APIRouter

from services.accounts.interface.http import (
    access,
    audit_names,
    consents,
    corrections,
    erasures,
    first_access,
    invitations,
    machine_clients,
    me,
    merges,
    own_account,
    own_data,
    password,
    patient_contacts,
    patients,
    proxies,
    second_factors,
    sessions,
    sign_ins,
    staff,
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
        audit_names.router,
        access_routes(),
        proxies.router,
        patients.router,
        first_access.router,
        invitations.router,
        own_account.router,
        patient_contacts.router,
        merges.router,
        erasures.router,
        own_data.router,
        corrections.router,
        consents.router,
        staff.router,
        machine_clients.router,
        issuer_router(issuer),
    ]

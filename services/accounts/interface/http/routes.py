"""All routes of accounts."""

from fastapi import APIRouter

from services.accounts.interface.http import (
    first_access,
    invitations,
    me,
    merges,
    own_account,
    patient_contacts,
    patients,
    sessions,
    staff,
)
from services.accounts.interface.http.issuer import issuer_router

PREFIX = "/api/v1/accounts"
TAKES_FORMS = frozenset({f"{PREFIX}/oauth/token"})


def all_routers(issuer: str) -> list[APIRouter]:
    return [
        sessions.router,
        me.router,
        patients.router,
        first_access.router,
        invitations.router,
        own_account.router,
        patient_contacts.router,
        merges.router,
        staff.router,
        issuer_router(issuer),
    ]

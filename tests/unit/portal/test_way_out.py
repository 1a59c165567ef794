"""Whoever is signed in can sign out from wherever they are (ASVS 5.0, 7.4.4)."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import (
    ADMINISTRATOR,
    AUDITOR,
    DOCTOR,
    PATIENT,
    RECEPTIONIST,
    RELEASER,
    TECHNICIAN,
)
from tests.unit.portal.fake.state import Json, World


def pages(app: FastAPI, exam: Json, patient_id: str) -> list[str]:
    """Every address that is opened by GET, with an exam and a patient put in."""
    known = {"exam_id": exam["id"], "patient_id": patient_id}
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or "GET" not in (route.methods or ()):
            continue
        path = str(context.path)
        for name, value in known.items():
            path = path.replace(f"{{{name}:uuid}}", str(value))
        if "{" not in path:
            found.append(path)
    return found


@pytest.mark.parametrize(
    "login", [PATIENT, DOCTOR, RECEPTIONIST, TECHNICIAN, RELEASER, ADMINISTRATOR, AUDITOR]
)
async def test_every_page_of_a_signed_in_person_has_the_way_out(
    browser: Browser, portal_app: FastAPI, world: World, typed_exam: Json, login: str
) -> None:
    typed_exam["state"] = "completed"
    await browser.sign_in(login)
    seen = 0
    for path in pages(portal_app, typed_exam, next(iter(world.records))):
        answer: Any = await browser.open(path)
        if "<main" not in answer.text:
            continue  # a redirect, a picture, a health check
        browser.hidden("/sair")
        seen += 1
    assert seen >= 5

"""Reports rendered once for all tests that look at them, and the world of the use cases in memory."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from services.file_management.domain.snapshot import Identifiers
from services.file_management.domain.verification import ReleaseMark
from services.file_management.infrastructure.report import jobs
from tests.unit.file_management import samples

CODE = "7K2M-9QXA-03TR-ZB5H"
MARK = ReleaseMark(CODE, f"http://localhost:8080/verificar/{CODE}", "Assinado digitalmente (PAdES).")
NUMBERS = Identifiers(cpf="52998224725")

Render = Callable[..., bytes]


@pytest.fixture(scope="session")
def render() -> Render:
    """Render a snapshot document; released unless its stage is draft."""

    def make(document: dict[str, Any], identifiers: Identifiers = NUMBERS) -> bytes:
        return jobs.render(document, identifiers, MARK if document["stage"] == "final" else None)

    return make


@pytest.fixture(scope="session")
def blood_count(render: Render) -> bytes:
    return render(samples.snapshot())


@pytest.fixture(scope="session")
def long_report(render: Render) -> bytes:
    return render(samples.long_report())


@pytest.fixture(scope="session")
def draft(render: Render) -> bytes:
    return render(samples.draft())


@pytest.fixture
def exam_id() -> UUID:
    return UUID(samples.EXAM_ID)

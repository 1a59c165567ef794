"""The published contracts are thin, current, and every message has a queue whose owner consumes it."""

from pathlib import Path

import pytest

from infra.docs.events import published_files
from services.shared.contracts.catalogue import COMMANDS, EVENTS, MESSAGES
from services.shared.platform.topology import load_topology

DESIGN_EVENTS = {
    "account.created",
    "account.updated",
    "account.deleted",
    "doctor.registered",
    "patient.registered",
    "exam.created",
    "exam.updated",
    "exam.completed",
    "exam.result.ready",
    "file.uploaded",
    "file.processed",
    "file.deleted",
}
IDENTITY = {"name", "social_name", "mother_name", "sex", "birth_date", "email", "phone"}
CONTACT = {"email", "phone"}
CLINICAL = {"value", "values", "results", "flag", "exam_name", "code", "loinc", "cpf", "cns", "specialty"}


def test_the_twelve_event_types_are_published() -> None:
    assert set(EVENTS) == DESIGN_EVENTS


@pytest.mark.parametrize("path", sorted(published_files()), ids=lambda path: path.name)
def test_published_schemas_are_what_the_code_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == published_files()[path], "run `make docs`"


@pytest.mark.parametrize("message_type", sorted(EVENTS))
def test_no_event_carries_clinical_data_or_cpf(message_type: str) -> None:
    assert not CLINICAL & set(EVENTS[message_type].model_fields)


@pytest.mark.parametrize("message_type", sorted(EVENTS))
def test_identity_travels_in_account_and_registered_events_alone(message_type: str) -> None:
    fields = set(EVENTS[message_type].model_fields)
    if not message_type.startswith("account."):
        assert not CONTACT & fields
    if not message_type.startswith("account.") and not message_type.endswith(".registered"):
        assert not IDENTITY & fields


@pytest.mark.parametrize("message_type", sorted(MESSAGES))
def test_every_message_is_taken_by_a_queue_fed_by_its_producer(message_type: str) -> None:
    raw = load_topology().raw
    takers = [queue for queue in raw["queues"].values() if message_type in queue["types"]]
    assert takers
    for queue in takers:
        if message_type in COMMANDS:
            assert queue["senders"]
        else:
            producer = raw["topics"][queue["topic"]]["producer"]
            prefix = {"account": "accounts", "doctor": "accounts", "patient": "accounts"}
            prefix |= {"exam": "exam-results", "file": "file-management"}
            assert producer == prefix[message_type.split(".", maxsplit=1)[0]]


def test_queue_settings_are_those_of_the_design() -> None:
    settings = load_topology().queue_settings
    assert settings.visibility_timeout_s == 30
    assert settings.receive_wait_s == 20
    assert settings.batch_size == 10
    assert settings.max_failures == 3
    assert settings.max_receive_count == 50
    assert settings.retry_delays_s == (1, 2)
    assert load_topology().raw["queue_settings"]["dead_letter_retention_s"] == 14 * 24 * 3600

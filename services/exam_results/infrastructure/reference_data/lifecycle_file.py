"""Reads the shipped lifecycle into the domain's terms."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.exam_results.domain.lifecycle import Lifecycle, State, StateInfo, Transition
from services.shared.kernel.principal import Role

_FILE = Path(__file__).parent / "lifecycle.yaml"
_ROLES = {
    "recep": Role.RECEPTIONIST,
    "tech": Role.TECHNICIAN,
    "releaser": Role.RELEASER,
    "doctor": Role.DOCTOR,
    "patient": Role.PATIENT,
    "system": Role.SERVICE,
}


@cache
def shipped_lifecycle() -> Lifecycle:
    return read_lifecycle(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def read_lifecycle(source: Mapping[str, Any]) -> Lifecycle:
    """Return the lifecycle; raise ValueError for a state nobody knows or one that is not described."""
    states = {State(name): _state(entry) for name, entry in source["states"].items()}
    if set(states) != set(State):
        raise ValueError("every state needs its description")
    transitions = {(step.source, step.target): step for step in _steps(source["transitions"])}
    return Lifecycle(states, transitions)


def _state(entry: Mapping[str, Any]) -> StateInfo:
    return StateInfo(
        pt=entry["pt"],
        en=entry["en"],
        service_request=entry["sr"],
        specimen=entry["specimen"],
        diagnostic_report=entry["dr"],
        observation=entry["obs"],
        patient_sees=entry["patient_sees"],
        terminal=entry.get("terminal", False),
    )


def _steps(entries: Iterable[Mapping[str, Any]]) -> Iterable[Transition]:
    for entry in entries:
        sources = entry["from"] if isinstance(entry["from"], list) else [entry["from"]]
        for source in sources:
            yield Transition(
                source=State(source),
                target=State(entry["to"]),
                by=frozenset(_ROLES[role] for role in entry["by"]),
                need=frozenset(entry.get("need", [])),
            )

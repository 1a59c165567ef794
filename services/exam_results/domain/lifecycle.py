"""The life of an exam: states, and who may move it from one to the next. Filled from the shipped `lifecycle.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.exam_results.domain import errors
from services.shared.kernel.errors import FORBIDDEN
from services.shared.kernel.principal import Role


class State(StrEnum):
    REGISTERED = "registered"
    SCHEDULED = "scheduled"
    COLLECTED = "collected"
    RECOLLECT = "recollect"
    IN_ANALYSIS = "in_analysis"
    COMPLETED = "completed"
    RELEASED = "released"
    AMENDED = "amended"
    CORRECTED = "corrected"
    APPENDED = "appended"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


ONCE_RELEASED = frozenset({State.RELEASED, State.AMENDED, State.CORRECTED, State.APPENDED})
FINISHED = ONCE_RELEASED | {State.CANCELLED, State.ENTERED_IN_ERROR}
ON_THE_BENCH = frozenset(set(State) - FINISHED)


@dataclass(frozen=True, slots=True)
class StateInfo:
    """What people and FHIR R4 call a state."""

    pt: str
    en: str
    service_request: str
    specimen: str | None
    diagnostic_report: str
    observation: str
    patient_sees: str
    terminal: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    source: State
    target: State
    by: frozenset[Role]
    need: frozenset[str]


@dataclass(frozen=True)
class Lifecycle:
    states: Mapping[State, StateInfo]
    transitions: Mapping[tuple[State, State], Transition]

    def targets(self, source: State, roles: frozenset[Role]) -> frozenset[State]:
        """Return where a person with these roles may move an exam from `source`."""
        return frozenset(
            target
            for (origin, target), transition in self.transitions.items()
            if origin is source and not transition.by.isdisjoint(roles)
        )

    def require(self, source: State, target: State, roles: frozenset[Role]) -> None:
        """Raise unless the step exists (409) and one of the roles may take it (403).

        A role that can never bring an exam to `target` is told so first, whatever the state.
        """
        may_ever = any(
            not transition.by.isdisjoint(roles)
            for (_, aim), transition in self.transitions.items()
            if aim is target
        )
        if not may_ever:
            raise FORBIDDEN.error()
        transition = self.transitions.get((source, target))
        if transition is None:
            raise self.wrong_state(source)
        if transition.by.isdisjoint(roles):
            raise FORBIDDEN.error()

    def wrong_state(self, state: State) -> Exception:
        info = self.states[state]
        return errors.WRONG_STATE.error(state_pt=info.pt, state_en=info.en)

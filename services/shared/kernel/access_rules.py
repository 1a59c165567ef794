"""Who may do what on which patient's data: the matrix of the product as a table. Deny by default.

A caller reaches an exam by a *way*: own, a relation of care, a relation the patient made, or the work of the clinic.
One row per way, read from the top: the first way that holds decides. What no row allows is refused. `access.py`
applies it; docs/security/policy.md shows it in words, and a test holds that page to this table.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from services.shared.kernel.principal import Role
from services.shared.kernel.relations import Kind


class Action(StrEnum):
    FIND = "find"  # that the exam exists and how far it is; never a value, never a flag
    READ = "read"  # the exam with its values, from their moment on
    DOWNLOAD = "download"  # the signed report
    DRAFT = "draft"  # the report before its release
    ACT = "act"  # change the exam; which change, domain/lifecycle decides by role and state


class Way(StrEnum):
    OWN = "own"
    LABORATORY = "laboratory"
    ORDERED = "ordered"
    SHARED = "shared"
    EMERGENCY = "emergency"
    FRONT_DESK = "front_desk"
    GUARDIAN = "guardian"
    GRANTED = "granted"


class Values(Enum):
    """From which moment on values show."""

    NEVER = auto()
    WHEN_OPENED = auto()  # signed, and any embargo over
    WHEN_SIGNED = auto()  # an embargo does not bind
    ALWAYS = auto()


class Sensitive(Enum):
    """What holds for the classes hiv_ist, oncology, genetics and pregnancy."""

    SHOWN = auto()
    STEP_UP = auto()  # values need a second factor proved within five minutes
    NAMED = auto()  # only an exam the patient or requester named, and then as STEP_UP
    UNDER_12 = auto()  # of a child under 12 as STEP_UP; the exam does not exist for the guardian afterwards
    HIDDEN = auto()  # the exam does not exist


class Bond(Enum):
    """What ties the caller to the exam."""

    PERSON = auto()  # is the patient
    CLINIC = auto()  # works in the exam's clinic
    REQUESTER = auto()  # ordered it there
    RELATION = auto()  # a relation that holds now, in whatever clinic
    CLINIC_RELATION = auto()  # a relation that holds now, working in the exam's clinic


_ALL_BUT_DRAFT = frozenset({Action.FIND, Action.READ, Action.DOWNLOAD})


@dataclass(frozen=True, slots=True)
class Rule:
    way: Way
    roles: frozenset[Role]
    bond: Bond
    actions: frozenset[Action]
    values: Values
    sensitive: Sensitive
    purpose: str = "care"


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


RULES: tuple[Rule, ...] = (
    Rule(Way.OWN, _roles(Role.PATIENT), Bond.PERSON,
         _ALL_BUT_DRAFT | {Action.ACT}, Values.WHEN_OPENED, Sensitive.STEP_UP),
    Rule(Way.GUARDIAN, _roles(Role.PATIENT), Bond.RELATION,
         _ALL_BUT_DRAFT, Values.WHEN_OPENED, Sensitive.UNDER_12, "proxy"),
    Rule(Way.GRANTED, _roles(Role.PATIENT), Bond.RELATION,
         _ALL_BUT_DRAFT, Values.WHEN_OPENED, Sensitive.HIDDEN, "proxy"),
    Rule(Way.LABORATORY, _roles(Role.TECHNICIAN, Role.RELEASER), Bond.CLINIC,
         frozenset(Action), Values.ALWAYS, Sensitive.SHOWN),
    Rule(Way.ORDERED, _roles(Role.DOCTOR), Bond.REQUESTER,
         _ALL_BUT_DRAFT | {Action.ACT}, Values.WHEN_SIGNED, Sensitive.STEP_UP),
    Rule(Way.SHARED, _roles(Role.DOCTOR), Bond.RELATION,
         _ALL_BUT_DRAFT, Values.WHEN_OPENED, Sensitive.NAMED, "shared"),
    Rule(Way.EMERGENCY, _roles(Role.DOCTOR), Bond.CLINIC_RELATION,
         _ALL_BUT_DRAFT, Values.WHEN_SIGNED, Sensitive.STEP_UP, "emergency"),
    Rule(Way.FRONT_DESK, _roles(Role.RECEPTIONIST), Bond.CLINIC,
         frozenset({Action.FIND, Action.READ, Action.ACT}), Values.NEVER, Sensitive.STEP_UP),
)  # fmt: skip
"""Administrators, auditors, machine clients and services have no row: nothing here is theirs to see."""

RELATION_OF = {
    Way.SHARED: Kind.SHARED,
    Way.EMERGENCY: Kind.EMERGENCY,
    Way.GUARDIAN: Kind.GUARDIAN,
    Way.GRANTED: Kind.GRANTED,
}

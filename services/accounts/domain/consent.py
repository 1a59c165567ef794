"""What a person was told or asked, in which version, and what the person answered.

Two things that are not the same. A notice (terms, privacy) is read: what is done under it rests on contract, legal
obligation and the protection of health (LGPD, Law 13.709/2018, arts. 7, II, V and VIII, and 11, II), so noting that it
was read is no consent. A consent (art. 7, I; art. 8) is given by a clear act and withdrawn at any time as easily
(art. 8, par. 5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.accounts.domain.account import Locale
from services.accounts.domain.consent_errors import CONSENT_ACT


class ConsentKind(StrEnum):
    TERMS = "terms"
    PRIVACY = "privacy"
    EMAIL_MESSAGES = "email_messages"
    SMS_MESSAGES = "sms_messages"

    @property
    def is_notice(self) -> bool:
        return self in {ConsentKind.TERMS, ConsentKind.PRIVACY}


class ConsentAct(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class ConsentChannel(StrEnum):
    PORTAL = "portal"
    DESK = "desk"
    SIGN_UP = "sign_up"


@dataclass(frozen=True, slots=True)
class Wording:
    """`sha256` is the hex digest of title, blank line and body."""

    title: str
    body: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """`asks_again`: whoever answered an earlier version is asked once more."""

    kind: ConsentKind
    version: int
    published_on: date
    asks_again: bool
    wordings: Mapping[Locale, Wording]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """One line of the ledger, never changed. It holds ids and no address or name, so that it may stay as the proof that
    the controller owes (LGPD, art. 8, par. 2) when the person is erased.
    """

    id: UUID
    person_id: UUID
    actor_id: UUID
    kind: ConsentKind
    version: int
    locale: Locale
    text_sha256: str
    act: ConsentAct
    channel: ConsentChannel
    at: datetime

    @property
    def by_guardian(self) -> bool:
        """The actor answered as themself, on behalf of a minor."""
        return self.actor_id != self.person_id and self.channel is not ConsentChannel.DESK


def check_act(kind: ConsentKind, act: ConsentAct) -> None:
    """Raise where a notice would be consented to, or a consent merely read."""
    if kind.is_notice != (act is ConsentAct.ACKNOWLEDGED):
        raise CONSENT_ACT.error(field="act")


def waits_for_answer(texts: Sequence[ConsentText], newest: ConsentEntry | None) -> bool:
    """Return whether a person is to be asked; `texts` are all versions of one kind.

    A notice is asked until it was read in its newest version that matters. A consent is asked again only of whoever
    gave it for a text that has changed since: not having given it, or having withdrawn it, is an answer.
    """
    asking = max((text.version for text in texts if text.asks_again), default=0)
    if newest is None:
        return texts[0].kind.is_notice
    return newest.act is not ConsentAct.WITHDRAWN and newest.version < asking

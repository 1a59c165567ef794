"""What the routes about texts and answers take and give."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.accounts.application.commands.answer_text import Answer
from services.accounts.application.queries.read_consents import Consents, Standing
from services.accounts.domain.account import Locale
from services.accounts.domain.consent import (
    ConsentAct,
    ConsentChannel,
    ConsentEntry,
    ConsentKind,
    ConsentText,
)
from services.accounts.interface.http.schemas import Body


class AnswerBody(Body):
    """`version` and `locale`: of the text that was shown."""

    act: ConsentAct
    version: Annotated[int, Field(ge=1, le=10_000)]
    locale: Locale = "pt-BR"

    def about(self, kind: ConsentKind) -> Answer:
        return Answer(kind=kind, act=self.act, version=self.version, locale=self.locale)


class OwnAnswerBody(AnswerBody):
    """`on_behalf_of`: a minor whose guardian the caller is."""

    on_behalf_of: UUID | None = None


class ConsentTextView(BaseModel):
    """`sha256` is of title, blank line and body, as UTF-8."""

    kind: ConsentKind
    version: int
    locale: Locale
    published_on: date
    title: str
    body: str
    sha256: str

    @classmethod
    def of(cls, text: ConsentText, locale: Locale) -> "ConsentTextView":
        wording = text.wordings[locale]
        return cls(
            kind=text.kind,
            version=text.version,
            locale=locale,
            published_on=text.published_on,
            title=wording.title,
            body=wording.body,
            sha256=wording.sha256,
        )


class ConsentEntryView(BaseModel):
    """`by`: who answered. A guardian does so as themself, for the person."""

    id: UUID
    kind: ConsentKind
    version: int
    locale: Locale
    text_sha256: str
    act: ConsentAct
    channel: ConsentChannel
    by: Literal["person", "guardian", "desk"]
    at: datetime

    @classmethod
    def of(cls, entry: ConsentEntry) -> "ConsentEntryView":
        return cls(
            id=entry.id,
            kind=entry.kind,
            version=entry.version,
            locale=entry.locale,
            text_sha256=entry.text_sha256,
            act=entry.act,
            channel=entry.channel,
            by=_by(entry),
            at=entry.at,
        )


class StandingView(BaseModel):
    """`nature`: a notice is read, a consent is given and withdrawn. `waits`: the person is to be asked."""

    kind: ConsentKind
    nature: Literal["notice", "consent"]
    text: ConsentTextView
    newest: ConsentEntryView | None
    waits: bool

    @classmethod
    def of(cls, standing: Standing, locale: Locale) -> "StandingView":
        kind, newest = standing.text.kind, standing.newest
        return cls(
            kind=kind,
            nature="notice" if kind.is_notice else "consent",
            text=ConsentTextView.of(standing.text, locale),
            newest=ConsentEntryView.of(newest) if newest else None,
            waits=standing.waits,
        )


class ConsentsView(BaseModel):
    items: list[StandingView]
    history: list[ConsentEntryView]

    @classmethod
    def of(cls, consents: Consents, locale: Locale) -> "ConsentsView":
        return cls(
            items=[StandingView.of(each, locale) for each in consents.standings],
            history=[ConsentEntryView.of(each) for each in consents.history],
        )


def _by(entry: ConsentEntry) -> Literal["person", "guardian", "desk"]:
    if entry.channel is ConsentChannel.DESK:
        return "desk"
    return "guardian" if entry.by_guardian else "person"

"""Lists the texts, what a person answered to them and what waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.accounts.application.consent_ports import ConsentTexts
from services.accounts.application.ports import Reading, Transactions
from services.accounts.domain.consent import ConsentEntry, ConsentKind, ConsentText, waits_for_answer
from services.accounts.domain.consent_errors import TEXT_UNKNOWN
from services.accounts.domain.proxy import ProxyKind
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to one text: its current version, the newest answer, and whether one is asked for."""

    text: ConsentText
    newest: ConsentEntry | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Consents:
    standings: Sequence[Standing]
    history: Sequence[ConsentEntry]


class ReadConsents:
    """The person's own, or a minor's for a guardian. `waits` asks and never blocks: no route depends on an answer."""

    def __init__(self, transactions: Transactions, texts: ConsentTexts, clock: Clock) -> None:
        self._transactions = transactions
        self._texts = texts
        self._clock = clock

    async def __call__(self, caller: Principal, *, on_behalf_of: UUID | None) -> Consents:
        person_id = on_behalf_of or caller.account_id
        if person_id != caller.account_id:
            async with self._transactions.read(person_id=caller.account_id) as reading:
                await must_be_guardian(reading, caller, person_id, self._clock.now())
        async with self._transactions.read(person_id=person_id) as reading:
            newest = {each.kind: each for each in await reading.consents.newest(person_id)}
            history = await reading.consents.of_person(person_id)
        return Consents([self._standing(kind, newest.get(kind)) for kind in ConsentKind], history)

    def _standing(self, kind: ConsentKind, newest: ConsentEntry | None) -> Standing:
        texts = self._texts.of(kind)
        return Standing(texts[-1], newest, waits_for_answer(texts, newest))

    def text(self, kind: ConsentKind, version: int | None) -> ConsentText:
        """A text as it was published, for anybody; the current one where no version is named."""
        texts = self._texts.of(kind)
        if version is None:
            return texts[-1]
        if not 1 <= version <= len(texts):
            raise TEXT_UNKNOWN.error()
        return texts[version - 1]


async def must_be_guardian(reading: Reading, caller: Principal, person_id: UUID, now: datetime) -> None:
    """Raise unless a clinic's desk recorded the caller as the person's guardian, and that lasts: who is of age answers
    alone.
    """
    for proxy in await reading.proxies.held_by(caller.account_id):
        if proxy.person_id == person_id and proxy.kind is ProxyKind.GUARDIAN and proxy.lasts(now):
            return
    raise NOT_FOUND.error()

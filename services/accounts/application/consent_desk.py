"""The use cases of texts and answers, put together once."""

from dataclasses import dataclass

from services.accounts.application.commands.answer_text import AnswerText
from services.accounts.application.consent_ports import ConsentTexts
from services.accounts.application.ports import Transactions
from services.accounts.application.queries.read_consents import ReadConsents
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class ConsentDesk:
    answer: AnswerText
    read: ReadConsents


def build_consent_desk(transactions: Transactions, texts: ConsentTexts, clock: Clock) -> ConsentDesk:
    return ConsentDesk(
        answer=AnswerText(transactions, texts, clock), read=ReadConsents(transactions, texts, clock)
    )

"""Lets a person ask for an account in the portal."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.accounts.application.confirmation_codes import ConfirmationCodes, code_for_address
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import Directory, Transactions
from services.accounts.domain.account import Locale
from services.accounts.domain.birth_date import parse_birth_date
from services.accounts.domain.confirmation import Purpose
from services.accounts.domain.contact import parse_email
from services.accounts.domain.events import AddressedMessage
from services.accounts.domain.form import Form
from services.accounts.domain.identity_errors import CLINIC_UNKNOWN
from services.accounts.domain.login import Login
from services.accounts.domain.person_name import parse_person_name
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedSignUp:
    name: str
    birth_date: str
    email: str
    clinic_id: UUID
    locale: Locale = "pt-BR"


class StartSignUp:
    """A code goes to the e-mail given; before it comes back there is no account. Where the address leads to an account
    already, its owner is told so there, and whoever asked gets the same answer after the same work. No CPF is asked
    for: one only typed proves nothing, so that an account signed up for sees no record of any clinic. An address gets
    a few such mails, then it waits.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        directory: Directory,
        codes: ConfirmationCodes,
        guesses: GuessLimit,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._directory = directory
        self._codes = codes
        self._guesses = guesses
        self._clock = clock

    async def __call__(self, typed: TypedSignUp) -> UUID:
        """Return the id under which the code is to be handed in."""
        name, born, email = self._checked(typed)
        login = Login.typed(email)
        mails = self._guesses.of_login(login, None, door="sign-up")
        await self._guesses.check(mails)
        await self._guesses.failed(mails)
        known = await self._directory.person_of_login(login)
        sign_up_id, now = new_id(), self._clock.now()
        facts = {
            "name": name,
            "birth_date": born.isoformat(),
            "email": email,
            "clinic_id": str(typed.clinic_id),
            "locale": typed.locale,
        }
        confirmation, [code] = self._codes.new(sign_up_id, Purpose.SIGN_UP, facts, now)
        message = code_for_address(
            confirmation,
            code,
            channel="email",
            address=email,
            clinic_id=typed.clinic_id,
            locale=typed.locale,
        )
        if known is not None:  # the code is sent to nobody, so nobody can hand it in
            message = AddressedMessage(
                occurred_at=now,
                recipient_id=sign_up_id,
                clinic_id=typed.clinic_id,
                template="account_exists",
                channel="email",
                address=email,
                locale=typed.locale,
                at=now,
                useful_until=confirmation.expires_at,
            )
        async with self._transactions.write(clinic_id=typed.clinic_id, person_id=sign_up_id) as work:
            if await work.clinics.get(typed.clinic_id) is None:
                raise CLINIC_UNKNOWN.error(field="clinic_id")
            await work.confirmations.put(confirmation)
            work.record(message)
        return sign_up_id

    def _checked(self, typed: TypedSignUp) -> tuple[str, date, str]:
        form = Form()
        today = self._clock.now().date()
        name = form.read("name", typed.name or "?", parse_person_name)
        born = form.read("birth_date", typed.birth_date or "?", lambda text: parse_birth_date(text, today))
        email = form.read("email", typed.email or "?", parse_email)
        form.finish()
        assert name is not None
        assert born is not None
        assert email is not None
        return name, born, email

"""Lets a signed-in person ask for the records that clinics have under the person's CPF."""

from uuid import UUID

from services.accounts.application.confirmation_codes import ConfirmationCodes
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import Transactions
from services.accounts.domain.account import Account, AccountKind
from services.accounts.domain.confirmation import Purpose
from services.accounts.domain.events import OneTimeCodeIssued
from services.accounts.domain.identifiers import parse_cpf
from services.accounts.domain.identity_errors import HAS_RECORDS
from services.accounts.domain.login import Login, LoginKind
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal


class RequestRecordLink:
    """A CPF and a birth date are no secret: knowing them opens nothing. They find the person a clinic registered, and
    a code goes to the contact the clinic has on file, never to one given here; who holds that contact confirms. The
    answer is the same whether or not anybody was found, has a contact or has signed in before. Somebody who has a
    sign-in of their own is left alone.
    """

    def __init__(
        self, transactions: Transactions, codes: ConfirmationCodes, guesses: GuessLimit, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._codes = codes
        self._guesses = guesses
        self._clock = clock

    async def __call__(self, typed_cpf: str, caller: Principal) -> None:
        cpf = parse_cpf(typed_cpf)
        # Codes to one person's contact are counted whoever asks for them: nobody's telephone is flooded.
        asked = self._guesses.of_login(Login(LoginKind.CPF, cpf), None, door="record-link")
        await self._guesses.check(asked)
        await self._guesses.failed(asked)
        now = self._clock.now()
        me, found = await self._look(caller.account_id, cpf)
        target = found.id if found else new_id()
        facts = {"person_id": str(target), "channels": ",".join(found.channels_on_file) if found else ""}
        confirmation, [code] = self._codes.new(me.id, Purpose.RECORD_LINK, facts, now)
        async with self._transactions.write(person_id=me.id) as work:
            previous = await work.confirmations.get(me.id, Purpose.RECORD_LINK)
            if previous is not None and not previous.allows_another(now):
                return
            await work.confirmations.put(confirmation)
            if found is not None:
                work.record(
                    OneTimeCodeIssued(
                        occurred_at=now,
                        account_id=found.id,
                        clinic_id=found.home_clinic_id,
                        code=code,
                        expires_at=confirmation.expires_at,
                        channels=found.channels_on_file
                        or ("email",),  # the log will say that there was no address
                        purpose="record_link",
                    )
                )

    async def _look(self, account_id: UUID, cpf: str) -> tuple[Account, Account | None]:
        async with self._transactions.read(person_id=account_id) as reading:
            me = await reading.accounts.get(account_id)
            if me is None or me.birth_date is None:
                raise NOT_FOUND.error()
            if await reading.patients.of_person(account_id):
                raise HAS_RECORDS.error()
            found_id = await reading.accounts.id_with_cpf(cpf, me.birth_date) or new_id()
        async with self._transactions.read(person_id=found_id) as reading:
            found = await reading.accounts.get(found_id)
        return me, found if found and _may_be_linked(found, me) else None


def _may_be_linked(found: Account, me: Account) -> bool:
    return found.id != me.id and found.kind is AccountKind.PATIENT and not found.has_password

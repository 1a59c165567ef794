"""Adds, renames and removes a person's passkeys."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.accounts.application.audit_trail import audit_security
from services.accounts.application.commands.challenge_passkey import Challenge
from services.accounts.application.confirmed_caller import confirmed, may_lose
from services.accounts.application.enrolment import Enrolment
from services.accounts.application.ports import Transactions, Work
from services.accounts.application.sign_in_ports import Json, NewPasskey, PasskeyCeremonies
from services.accounts.application.tickets import new_ticket_token, open_ticket
from services.accounts.domain.errors import PASSKEY_NOT_ADDED, TOO_MANY_PASSKEYS
from services.accounts.domain.passkey import MOST_PASSKEYS, Passkey, new_challenge, passkey_name
from services.accounts.domain.second_factor import Factor
from services.accounts.domain.ticket import Errand, new_ticket
from services.shared.kernel.clock import Clock
from services.shared.kernel.errors import NOT_FOUND
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class AddedPasskey:
    """`recovery_codes` when this is the first factor."""

    passkey: Passkey
    recovery_codes: tuple[str, ...]


class KeepPasskeys:
    """After a fresh step-up. The device must have checked the person when it made the passkey. A credential belongs
    to one person. Staff cannot take away their last factor.
    """

    def __init__(
        self, transactions: Transactions, ceremonies: PasskeyCeremonies, enrolment: Enrolment, clock: Clock
    ) -> None:
        self._transactions = transactions
        self._ceremonies = ceremonies
        self._enrolment = enrolment
        self._clock = clock

    async def begin(self, caller: Principal) -> Challenge:
        (token, token_hash), challenge = new_ticket_token(), new_challenge()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, credentials = await confirmed(work, caller, self._clock.now())
            if credentials.passkeys >= MOST_PASSKEYS:
                raise TOO_MANY_PASSKEYS.error()
            known = await work.passkeys.of_person(account.id)
            ticket = new_ticket(token_hash, account.id, Errand.PASSKEY, self._clock.now())
            await work.tickets.put(replace(ticket, session_id=caller.session_id, challenge=challenge))
        shown_as = account.email or account.name
        return Challenge(token, self._ceremonies.registration(account.id, shown_as, known, challenge))

    async def add(
        self, token: str, credential: Json, name: str, caller: Principal, *, address: str | None
    ) -> AddedPasskey:
        now, name = self._clock.now(), passkey_name(name)
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, _ = await confirmed(work, caller, now)
            made = await self._made(work, token, credential, caller)
            if made is None:
                raise PASSKEY_NOT_ADDED.error()
            passkey = Passkey(
                new_id(), account.id, made.credential_id, made.public_key, made.sign_count, name,
                made.transports, now,
            )  # fmt: skip
            await work.passkeys.add(passkey)
            codes = await self._enrolment.codes_if_none(work, account)
            await audit_security(
                work, caller, "account.passkey_added", now, address=address, resource=f"passkey/{passkey.id}"
            )
        return AddedPasskey(passkey, codes)

    async def rename(self, passkey_id: UUID, name: str, caller: Principal) -> None:
        async with self._transactions.write(person_id=caller.account_id) as work:
            passkey = await self._own(work, passkey_id, caller)
            await work.passkeys.save(passkey.renamed(name))

    async def remove(self, passkey_id: UUID, caller: Principal, *, address: str | None) -> None:
        now = self._clock.now()
        async with self._transactions.write(person_id=caller.account_id) as work:
            account, credentials = await confirmed(work, caller, now)
            passkey = await self._own(work, passkey_id, caller)
            may_lose(account, credentials, Factor.PASSKEY)
            await work.passkeys.remove(passkey.id)
            await audit_security(
                work,
                caller,
                "account.passkey_removed",
                now,
                address=address,
                resource=f"passkey/{passkey.id}",
            )

    async def _made(self, work: Work, token: str, credential: Json, caller: Principal) -> NewPasskey | None:
        ticket = await open_ticket(work, token, Errand.PASSKEY, self._clock.now())
        await work.tickets.remove(ticket.token_hash)
        if ticket.session_id != caller.session_id or ticket.challenge is None:
            return None
        return self._ceremonies.registered(credential, ticket.challenge)

    async def _own(self, work: Work, passkey_id: UUID, caller: Principal) -> Passkey:
        for passkey in await work.passkeys.of_person(caller.account_id):
            if passkey.id == passkey_id:
                return passkey
        raise NOT_FOUND.error()

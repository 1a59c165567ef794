"""Makes the account that a person has signed up for."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.accounts.application.confirmation_codes import ConfirmationCodes
from services.accounts.application.consent_ports import ConsentTexts
from services.accounts.application.consent_record import entry_for
from services.accounts.application.ports import Credentials, PasswordHasher, Transactions, Work
from services.accounts.domain.account import Account, AccountKind, Locale
from services.accounts.domain.confirmation import Purpose
from services.accounts.domain.consent import ConsentAct, ConsentChannel, ConsentKind
from services.accounts.domain.events import AccountCreated
from services.accounts.domain.identity_errors import CONFIRMATION_FAILED, SIGN_UP_KNOWN
from services.accounts.domain.login import Login
from services.accounts.domain.password import PasswordBlocklist, accept_password
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.clock import Clock


class CompleteSignUp:
    """With the code that came by e-mail, good for ten minutes and five tries, and a password. An unknown, expired or
    wrong one gets the same answer after the same work. The account is a patient's, with the e-mail as its login, and
    sees nothing until a clinic's record is linked to it. Notices that were shown in their current version are noted as
    read (`shown`: kind -> version); an older one is not, and is asked for later.
    """

    def __init__(
        self,
        *,
        transactions: Transactions,
        codes: ConfirmationCodes,
        hasher: PasswordHasher,
        blocklist: PasswordBlocklist,
        texts: ConsentTexts,
        clock: Clock,
    ) -> None:
        self._transactions = transactions
        self._codes = codes
        self._hasher = hasher
        self._blocklist = blocklist
        self._texts = texts
        self._clock = clock

    async def __call__(
        self,
        sign_up_id: UUID,
        code: str,
        password: str,
        *,
        shown: Mapping[ConsentKind, int] | None = None,
        address: str | None,
    ) -> None:
        async with self._transactions.read(person_id=sign_up_id) as reading:
            asked = await reading.confirmations.get(sign_up_id, Purpose.SIGN_UP)
        facts = asked.facts if asked else {"email": "", "clinic_id": str(sign_up_id)}
        # The person gets no second factor here.
        names = (facts["name"],) if "name" in facts else ()
        login = Login.typed(facts["email"])
        accepted = accept_password(password, login, self._blocklist, has_factor=False, names=names)
        password_hash = await self._hasher.hash(accepted)
        clinic_id = UUID(facts["clinic_id"])
        async with self._transactions.write(clinic_id=clinic_id, person_id=sign_up_id) as work:
            proved = await self._proves(work, sign_up_id, code)
            if proved:
                account = await self._make(work, sign_up_id, facts, password_hash, address)
                await self._note(work, account, shown or {})
        if not proved:  # raised out here, so that the try is counted
            raise CONFIRMATION_FAILED.error(field="code")

    async def _proves(self, work: Work, sign_up_id: UUID, code: str) -> bool:
        asked = await work.confirmations.get(sign_up_id, Purpose.SIGN_UP)
        if asked is None or not asked.is_open(self._clock.now()):
            return False
        await work.confirmations.put(asked.tried())
        return self._codes.proves(asked, [code])

    async def _make(
        self,
        work: Work,
        account_id: UUID,
        facts: Mapping[str, str],
        password_hash: str,
        address: str | None,
    ) -> Account:
        now = self._clock.now()
        locale: Locale = "en" if facts["locale"] == "en" else "pt-BR"
        account = Account(
            id=account_id,
            version=1,
            kind=AccountKind.PATIENT,
            name=facts["name"],
            birth_date=date.fromisoformat(facts["birth_date"]),
            locale=locale,
            email=facts["email"],
            phone=None,
            home_clinic_id=UUID(facts["clinic_id"]),
            has_password=True,
            email_confirmed=True,
        )
        await work.accounts.add(account)
        if not await work.accounts.claim_login(Login.typed(facts["email"]), account_id):
            raise SIGN_UP_KNOWN.error()
        await work.credentials.save(Credentials(account_id, password_hash))
        await work.confirmations.remove(account_id, Purpose.SIGN_UP)
        work.record(AccountCreated(occurred_at=now, account=account))
        await work.audit(
            AuditEntry(
                at=now,
                actor_id=account_id,
                actor_roles=(),
                action="account.sign_up",
                clinic_id=None,
                resource=f"account/{account_id}",
                purpose="authentication",
                address=address,
            )
        )
        return account

    async def _note(self, work: Work, account: Account, shown: Mapping[ConsentKind, int]) -> None:
        for kind, version in shown.items():
            text = self._texts.of(kind)[-1]
            if kind.is_notice and text.version == version:
                act, channel = ConsentAct.ACKNOWLEDGED, ConsentChannel.SIGN_UP
                await work.consents.add(entry_for(account, text, act, channel, self._clock.now()))

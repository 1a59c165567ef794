"""The use cases by which people sign up, find their records and change their contact, put together once."""

from dataclasses import dataclass

from services.accounts.application.commands.change_contact_at_desk import ChangeContactAtDesk
from services.accounts.application.commands.complete_sign_up import CompleteSignUp
from services.accounts.application.commands.confirm_contact_change import ConfirmContactChange
from services.accounts.application.commands.confirm_record_link import ConfirmRecordLink
from services.accounts.application.commands.request_contact_change import RequestContactChange
from services.accounts.application.commands.request_record_link import RequestRecordLink
from services.accounts.application.commands.start_sign_up import StartSignUp
from services.accounts.application.confirmation_codes import ConfirmationCodes
from services.accounts.application.consent_ports import ConsentTexts
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.ports import Directory, IdentifierVault, PasswordHasher, Transactions
from services.accounts.application.queries.list_clinics import ListClinics
from services.accounts.domain.password import PasswordBlocklist
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class IdentityDesk:
    clinics: ListClinics
    start_sign_up: StartSignUp
    complete_sign_up: CompleteSignUp
    request_record_link: RequestRecordLink
    confirm_record_link: ConfirmRecordLink
    request_contact_change: RequestContactChange
    confirm_contact_change: ConfirmContactChange
    contact_at_desk: ChangeContactAtDesk


def build_identity_desk(  # noqa: PLR0917
    transactions: Transactions,
    directory: Directory,
    vault: IdentifierVault,
    hasher: PasswordHasher,
    blocklist: PasswordBlocklist,
    texts: ConsentTexts,
    guesses: GuessLimit,
    clock: Clock,
) -> IdentityDesk:
    codes = ConfirmationCodes(vault)
    return IdentityDesk(
        clinics=ListClinics(transactions),
        start_sign_up=StartSignUp(
            transactions=transactions, directory=directory, codes=codes, guesses=guesses, clock=clock
        ),
        complete_sign_up=CompleteSignUp(
            transactions=transactions,
            codes=codes,
            hasher=hasher,
            blocklist=blocklist,
            texts=texts,
            clock=clock,
        ),
        request_record_link=RequestRecordLink(transactions, codes, guesses, clock),
        confirm_record_link=ConfirmRecordLink(transactions, codes, clock),
        request_contact_change=RequestContactChange(transactions, codes, clock),
        confirm_contact_change=ConfirmContactChange(transactions, codes, clock),
        contact_at_desk=ChangeContactAtDesk(transactions, codes, clock),
    )

"""The use cases of a clinic's administrator, put together once."""

from dataclasses import dataclass

from services.accounts.application.commands.accept_invitation import AcceptInvitation
from services.accounts.application.commands.change_roles import ChangeRoles
from services.accounts.application.commands.end_access import EndAccess
from services.accounts.application.commands.end_persons_sessions import EndPersonsSessions
from services.accounts.application.commands.give_access_again import GiveAccessAgain
from services.accounts.application.commands.invite_staff import InviteStaff
from services.accounts.application.commands.prove_second_factor import ProveSecondFactor
from services.accounts.application.commands.resend_invitation import ResendInvitation
from services.accounts.application.commands.reset_factors import ResetFactors
from services.accounts.application.commands.verify_registration import VerifyRegistration
from services.accounts.application.commands.withdraw_invitation import WithdrawInvitation
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.invitation_mail import InvitationMail
from services.accounts.application.ports import (
    Directory,
    IdentifierVault,
    PasswordHasher,
    Transactions,
)
from services.accounts.application.queries.list_staff import ListStaff
from services.accounts.application.queries.open_invitation import OpenInvitation
from services.accounts.application.sign_in_ports import Authenticator
from services.accounts.domain.password import PasswordBlocklist
from services.shared.kernel.clock import Clock


@dataclass(frozen=True)
class StaffDesk:
    people: ListStaff
    invite: InviteStaff
    resend: ResendInvitation
    withdraw: WithdrawInvitation
    open_invitation: OpenInvitation
    accept: AcceptInvitation
    change_roles: ChangeRoles
    end_access: EndAccess
    give_access_again: GiveAccessAgain
    end_sessions: EndPersonsSessions
    reset_factors: ResetFactors
    verify: VerifyRegistration


def build_staff_desk(  # noqa: PLR0917
    transactions: Transactions,
    directory: Directory,
    vault: IdentifierVault,
    hasher: PasswordHasher,
    blocklist: PasswordBlocklist,
    authenticator: Authenticator,
    second_factor: ProveSecondFactor,
    guesses: GuessLimit,
    clock: Clock,
) -> StaffDesk:
    mail = InvitationMail(vault)
    open_invitation = OpenInvitation(
        transactions=transactions,
        directory=directory,
        authenticator=authenticator,
        mail=mail,
        guesses=guesses,
        clock=clock,
    )
    return StaffDesk(
        people=ListStaff(transactions),
        invite=InviteStaff(
            transactions=transactions,
            directory=directory,
            authenticator=authenticator,
            mail=mail,
            clock=clock,
        ),
        resend=ResendInvitation(transactions, mail, clock),
        withdraw=WithdrawInvitation(transactions, clock),
        open_invitation=open_invitation,
        accept=AcceptInvitation(
            open_invitation=open_invitation,
            transactions=transactions,
            directory=directory,
            hasher=hasher,
            blocklist=blocklist,
            authenticator=authenticator,
            second_factor=second_factor,
            guesses=guesses,
            clock=clock,
        ),
        change_roles=ChangeRoles(transactions, clock),
        end_access=EndAccess(transactions, clock),
        give_access_again=GiveAccessAgain(transactions, clock),
        end_sessions=EndPersonsSessions(transactions, clock),
        reset_factors=ResetFactors(transactions, clock),
        verify=VerifyRegistration(transactions, clock),
    )

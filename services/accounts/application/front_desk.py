"""Every use case of the service, put together once over the adapters it is given."""

from dataclasses import dataclass

from services.accounts.application.commands.change_locale import ChangeLocale
from services.accounts.application.commands.complete_first_access import CompleteFirstAccess
from services.accounts.application.commands.issue_service_token import IssueServiceToken
from services.accounts.application.commands.prove_second_factor import ProveSecondFactor
from services.accounts.application.commands.refresh_session import RefreshSession
from services.accounts.application.commands.register_patient import RegisterPatient
from services.accounts.application.commands.request_first_access import RequestFirstAccess
from services.accounts.application.commands.sign_in import SignIn
from services.accounts.application.commands.sign_out import SignOut
from services.accounts.application.commands.step_up import StepUp
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.identity_desk import IdentityDesk, build_identity_desk
from services.accounts.application.merge_desk import MergeDesk, build_merge_desk
from services.accounts.application.ports import (
    AttemptLog,
    Authenticator,
    Directory,
    IdentifierVault,
    MachineClients,
    PasswordHasher,
    TokenIssuer,
    Transactions,
)
from services.accounts.application.queries.find_doctors import FindDoctors
from services.accounts.application.queries.find_patients import FindPatients
from services.accounts.application.queries.get_identifiers import GetIdentifiers
from services.accounts.application.queries.get_patient import GetPatient
from services.accounts.application.queries.who_am_i import WhoAmI
from services.accounts.application.staff_desk import StaffDesk, build_staff_desk
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Devices:
    """The adapters behind the ports: real ones from bootstrap, in-memory ones from tests."""

    transactions: Transactions
    directory: Directory
    machine_clients: MachineClients
    attempts: AttemptLog
    vault: IdentifierVault
    hasher: PasswordHasher
    authenticator: Authenticator
    issuer: TokenIssuer
    clock: Clock


@dataclass(frozen=True)
class FrontDesk:
    sign_in: SignIn
    refresh: RefreshSession
    sign_out: SignOut
    step_up: StepUp
    who_am_i: WhoAmI
    change_locale: ChangeLocale
    request_first_access: RequestFirstAccess
    complete_first_access: CompleteFirstAccess
    register_patient: RegisterPatient
    find_patients: FindPatients
    get_patient: GetPatient
    get_identifiers: GetIdentifiers
    find_doctors: FindDoctors
    issue_service_token: IssueServiceToken
    tokens: TokenIssuer
    clock: Clock
    staff: StaffDesk
    identity: IdentityDesk
    merges: MergeDesk


def build_front_desk(devices: Devices) -> FrontDesk:
    transactions, directory, clock = devices.transactions, devices.directory, devices.clock
    guesses = GuessLimit(devices.attempts, devices.vault, clock)
    second_factor = ProveSecondFactor(transactions, devices.authenticator, guesses, clock)
    return FrontDesk(
        sign_in=SignIn(
            transactions=transactions,
            directory=directory,
            hasher=devices.hasher,
            second_factor=second_factor,
            guesses=guesses,
            issuer=devices.issuer,
            clock=clock,
        ),
        refresh=RefreshSession(transactions, directory, devices.issuer, clock),
        sign_out=SignOut(transactions, clock),
        step_up=StepUp(transactions, second_factor, devices.issuer, clock),
        who_am_i=WhoAmI(transactions),
        change_locale=ChangeLocale(transactions, clock),
        request_first_access=RequestFirstAccess(transactions, directory, devices.vault, clock),
        complete_first_access=CompleteFirstAccess(
            transactions=transactions,
            directory=directory,
            hasher=devices.hasher,
            vault=devices.vault,
            guesses=guesses,
            clock=clock,
        ),
        register_patient=RegisterPatient(transactions, clock),
        find_patients=FindPatients(transactions, clock),
        get_patient=GetPatient(transactions, clock),
        get_identifiers=GetIdentifiers(transactions, directory, clock),
        find_doctors=FindDoctors(transactions),
        issue_service_token=IssueServiceToken(devices.machine_clients, devices.issuer, clock),
        tokens=devices.issuer,
        clock=clock,
        merges=build_merge_desk(transactions, clock),
        identity=build_identity_desk(transactions, directory, devices.vault, devices.hasher, guesses, clock),
        staff=build_staff_desk(
            transactions,
            directory,
            devices.vault,
            devices.hasher,
            devices.authenticator,
            second_factor,
            guesses,
            clock,
        ),
    )

"""Every use case of the service, put together once over the adapters it is given."""

from dataclasses import dataclass
from typing import Any

from services.accounts.application.check_password import CheckPassword
from services.accounts.application.commands.begin_sign_in import BeginSignIn
from services.accounts.application.commands.challenge_passkey import ChallengePasskey
from services.accounts.application.commands.change_locale import ChangeLocale
from services.accounts.application.commands.change_password import ChangePassword
from services.accounts.application.commands.choose_contact_codes import ChooseContactCodes
from services.accounts.application.commands.complete_first_access import CompleteFirstAccess
from services.accounts.application.commands.end_proxy import EndProxy
from services.accounts.application.commands.end_sessions import EndSessions
from services.accounts.application.commands.enrol_at_sign_in import EnrolAtSignIn
from services.accounts.application.commands.enrol_authenticator import EnrolAuthenticator
from services.accounts.application.commands.grant_proxy import GrantProxy
from services.accounts.application.commands.issue_service_token import IssueServiceToken
from services.accounts.application.commands.keep_passkeys import KeepPasskeys
from services.accounts.application.commands.prepare_step_up import PrepareStepUp
from services.accounts.application.commands.prove_second_factor import ProveSecondFactor
from services.accounts.application.commands.prove_sign_in import ProveSignIn
from services.accounts.application.commands.record_guardian import RecordGuardian
from services.accounts.application.commands.refresh_session import RefreshSession
from services.accounts.application.commands.register_patient import RegisterPatient
from services.accounts.application.commands.renew_recovery_codes import RenewRecoveryCodes
from services.accounts.application.commands.request_first_access import RequestFirstAccess
from services.accounts.application.commands.request_reset import RequestReset
from services.accounts.application.commands.reset_password import ResetPassword
from services.accounts.application.commands.send_sign_in_code import SendSignInCode
from services.accounts.application.commands.sign_in import SignIn
from services.accounts.application.commands.sign_in_with_passkey import SignInWithPasskey
from services.accounts.application.commands.sign_out import SignOut
from services.accounts.application.commands.step_up import StepUp
from services.accounts.application.consent_desk import ConsentDesk, build_consent_desk
from services.accounts.application.consent_ports import ConsentTexts
from services.accounts.application.contact_codes import ContactCodes
from services.accounts.application.correction_desk import CorrectionDesk, build_correction_desk
from services.accounts.application.enrolment import Enrolment
from services.accounts.application.erasure_desk import ErasureDesk, build_erasure_desk
from services.accounts.application.erasure_ports import ErasureDirectory
from services.accounts.application.guess_limit import GuessLimit
from services.accounts.application.identity_desk import IdentityDesk, build_identity_desk
from services.accounts.application.key_ports import TokenIssuer
from services.accounts.application.machine_desk import MachineDesk, build_machine_desk
from services.accounts.application.machine_ports import MachineClients
from services.accounts.application.merge_desk import MergeDesk, build_merge_desk
from services.accounts.application.ports import Directory, IdentifierVault, PasswordHasher, Transactions
from services.accounts.application.queries.account_security import AccountSecurity
from services.accounts.application.queries.find_doctors import FindDoctors
from services.accounts.application.queries.find_patients import FindPatients
from services.accounts.application.queries.get_identifiers import GetIdentifiers
from services.accounts.application.queries.get_patient import GetPatient
from services.accounts.application.queries.list_proxies import ListProxies
from services.accounts.application.queries.look_up_patient import LookUpPatient
from services.accounts.application.queries.name_in_audit import NameInAudit
from services.accounts.application.queries.own_records import OwnRecords
from services.accounts.application.queries.who_am_i import WhoAmI
from services.accounts.application.recovery_codes import RecoveryCodes
from services.accounts.application.sign_in_ports import (
    AttemptLog,
    Authenticator,
    DeviceNames,
    PasskeyCeremonies,
)
from services.accounts.application.staff_desk import StaffDesk, build_staff_desk
from services.accounts.application.start_session import StartSession
from services.accounts.application.visitor import Recognition
from services.accounts.domain.password import PasswordBlocklist
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, kw_only=True)
class Devices:
    """The adapters behind the ports: real ones from bootstrap, in-memory ones from tests."""

    transactions: Transactions
    directory: Directory
    erasure_directory: ErasureDirectory
    machine_clients: MachineClients
    attempts: AttemptLog
    vault: IdentifierVault
    hasher: PasswordHasher
    blocklist: PasswordBlocklist
    consent_texts: ConsentTexts
    authenticator: Authenticator
    ceremonies: PasskeyCeremonies
    device_names: DeviceNames
    issuer: TokenIssuer
    clock: Clock


@dataclass(frozen=True)
class SecurityDesk:
    """The steps of a sign-in, and what protects an account."""

    begin_sign_in: BeginSignIn
    prove_sign_in: ProveSignIn
    send_sign_in_code: SendSignInCode
    challenge_passkey: ChallengePasskey
    sign_in_with_passkey: SignInWithPasskey
    enrol_at_sign_in: EnrolAtSignIn
    prepare_step_up: PrepareStepUp
    request_reset: RequestReset
    reset_password: ResetPassword
    change_password: ChangePassword
    authenticator: EnrolAuthenticator
    passkeys: KeepPasskeys
    renew_recovery_codes: RenewRecoveryCodes
    choose_contact_codes: ChooseContactCodes
    end_sessions: EndSessions
    overview: AccountSecurity


@dataclass(frozen=True)
class FrontDesk:
    sign_in: SignIn
    refresh: RefreshSession
    sign_out: SignOut
    step_up: StepUp
    security: SecurityDesk
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
    grant_proxy: GrantProxy
    end_proxy: EndProxy
    record_guardian: RecordGuardian
    list_proxies: ListProxies
    look_up_patient: LookUpPatient
    tokens: TokenIssuer
    clock: Clock
    staff: StaffDesk
    identity: IdentityDesk
    merges: MergeDesk
    machines: MachineDesk
    name_in_audit: NameInAudit
    erasure: ErasureDesk
    own_records: OwnRecords
    corrections: CorrectionDesk
    consents: ConsentDesk


@dataclass(frozen=True)
class Parts:
    """What several use cases of signing in are made of."""

    guesses: GuessLimit
    codes: ContactCodes
    recognition: Recognition
    start_session: StartSession
    check_password: CheckPassword
    second_factor: ProveSecondFactor
    enrolment: Enrolment

    @classmethod
    def of(cls, devices: Devices) -> "Parts":
        transactions, vault, clock = devices.transactions, devices.vault, devices.clock
        guesses = GuessLimit(devices.attempts, vault, clock)
        codes, recognition = ContactCodes(vault), Recognition(vault, devices.device_names)
        recovery_codes = RecoveryCodes(vault, devices.hasher)
        return cls(
            guesses=guesses,
            codes=codes,
            recognition=recognition,
            start_session=StartSession(transactions, devices.issuer, recognition, clock),
            check_password=CheckPassword(devices.directory, devices.hasher, guesses, recognition),
            second_factor=ProveSecondFactor(
                transactions=transactions,
                authenticator=devices.authenticator,
                ceremonies=devices.ceremonies,
                recovery_codes=recovery_codes,
                contact_codes=codes,
                guesses=guesses,
                clock=clock,
            ),
            enrolment=Enrolment(devices.authenticator, recovery_codes, clock),
        )


def build_front_desk(devices: Devices) -> FrontDesk:
    transactions, directory, clock = devices.transactions, devices.directory, devices.clock
    parts = Parts.of(devices)
    return FrontDesk(
        sign_in=SignIn(
            transactions=transactions,
            check_password=parts.check_password,
            second_factor=parts.second_factor,
            start_session=parts.start_session,
            recognition=parts.recognition,
        ),
        refresh=RefreshSession(transactions, directory, devices.issuer, clock),
        sign_out=SignOut(transactions, clock),
        step_up=StepUp(transactions, parts.second_factor, devices.issuer, clock),
        security=build_security_desk(devices, parts),
        who_am_i=WhoAmI(transactions),
        change_locale=ChangeLocale(transactions, clock),
        request_first_access=RequestFirstAccess(transactions, directory, devices.vault, clock),
        complete_first_access=CompleteFirstAccess(
            transactions=transactions,
            directory=directory,
            hasher=devices.hasher,
            vault=devices.vault,
            blocklist=devices.blocklist,
            guesses=parts.guesses,
            clock=clock,
        ),
        register_patient=RegisterPatient(transactions, clock),
        find_patients=FindPatients(transactions, clock),
        get_patient=GetPatient(transactions, clock),
        get_identifiers=GetIdentifiers(transactions, directory, clock),
        find_doctors=FindDoctors(transactions),
        issue_service_token=IssueServiceToken(devices.machine_clients, devices.issuer, clock),
        grant_proxy=GrantProxy(transactions, clock),
        end_proxy=EndProxy(transactions, clock),
        record_guardian=RecordGuardian(transactions, clock),
        list_proxies=ListProxies(transactions, clock),
        look_up_patient=LookUpPatient(transactions, clock),
        tokens=devices.issuer,
        clock=clock,
        merges=build_merge_desk(transactions, clock),
        machines=build_machine_desk(transactions, clock),
        name_in_audit=NameInAudit(transactions),
        corrections=build_correction_desk(transactions, clock),
        consents=build_consent_desk(transactions, devices.consent_texts, clock),
        own_records=OwnRecords(transactions, clock),
        erasure=build_erasure_desk(transactions, devices.erasure_directory, devices.vault, clock),
        identity=build_identity_desk(
            transactions,
            directory,
            devices.vault,
            devices.hasher,
            devices.blocklist,
            devices.consent_texts,
            parts.guesses,
            clock,
        ),
        staff=build_staff_desk(
            transactions,
            directory,
            devices.vault,
            devices.hasher,
            devices.blocklist,
            devices.authenticator,
            parts.second_factor,
            parts.guesses,
            clock,
        ),
    )


def build_security_desk(devices: Devices, parts: Parts) -> SecurityDesk:
    transactions, directory, clock = devices.transactions, devices.directory, devices.clock
    ceremonies = devices.ceremonies
    entering: dict[str, Any] = {
        "transactions": transactions,
        "start_session": parts.start_session,
        "recognition": parts.recognition,
        "clock": clock,
    }
    setting: dict[str, Any] = {
        "transactions": transactions,
        "hasher": devices.hasher,
        "blocklist": devices.blocklist,
        "clock": clock,
    }
    return SecurityDesk(
        begin_sign_in=BeginSignIn(check_password=parts.check_password, **entering),
        prove_sign_in=ProveSignIn(directory=directory, second_factor=parts.second_factor, **entering),
        send_sign_in_code=SendSignInCode(transactions, directory, parts.codes, clock),
        challenge_passkey=ChallengePasskey(transactions, directory, ceremonies, clock),
        sign_in_with_passkey=SignInWithPasskey(directory=directory, ceremonies=ceremonies, **entering),
        enrol_at_sign_in=EnrolAtSignIn(directory=directory, enrolment=parts.enrolment, **entering),
        prepare_step_up=PrepareStepUp(transactions, ceremonies, parts.codes, clock),
        request_reset=RequestReset(transactions, directory, parts.codes, parts.recognition, clock),
        reset_password=ResetPassword(
            directory=directory, codes=parts.codes, recognition=parts.recognition, **setting
        ),
        change_password=ChangePassword(guesses=parts.guesses, **setting),
        authenticator=EnrolAuthenticator(transactions, parts.enrolment, clock),
        passkeys=KeepPasskeys(transactions, ceremonies, parts.enrolment, clock),
        renew_recovery_codes=RenewRecoveryCodes(transactions, parts.enrolment, clock),
        choose_contact_codes=ChooseContactCodes(transactions, clock),
        end_sessions=EndSessions(transactions, clock),
        overview=AccountSecurity(transactions, clock),
    )

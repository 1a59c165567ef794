"""Everything a page may use, built once in bootstrap and kept on `app.state.portal`."""

from dataclasses import dataclass
from typing import ClassVar

from services.portal.application.accesses import Accesses
from services.portal.application.api.accounts import AccountsApi
from services.portal.application.api.consents import ConsentsApi
from services.portal.application.api.dead_letters import DeadLettersApi
from services.portal.application.api.exams import ExamsApi
from services.portal.application.api.files import FilesApi
from services.portal.application.api.identity import IdentityApi
from services.portal.application.api.machines import MachinesApi
from services.portal.application.api.merges import MergesApi
from services.portal.application.api.notifications import NotificationsApi
from services.portal.application.api.privacy import PrivacyApi
from services.portal.application.api.relations import RelationsApi
from services.portal.application.api.security import SecurityApi
from services.portal.application.api.staff import StaffApi
from services.portal.application.audit_trail import AuditTrail
from services.portal.application.ports import SealedStore
from services.portal.application.searches import Searches
from services.portal.application.sessions import Sessions
from services.portal.interface.http.csrf import CsrfTokens
from services.portal.interface.http.rendering import Pages
from services.portal.interface.http.texts import DEFAULT_LOCALE, catalogue
from services.shared.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Portal:
    accounts: AccountsApi
    exams: ExamsApi
    files: FilesApi
    notifications: NotificationsApi
    accesses: Accesses
    security: SecurityApi
    relations: RelationsApi
    dead_letters: DeadLettersApi
    staff: StaffApi
    identity: IdentityApi
    merges: MergesApi
    machines: MachinesApi
    audit: AuditTrail
    privacy: PrivacyApi
    consents: ConsentsApi
    sessions: Sessions
    searches: Searches
    store: SealedStore
    pages: Pages
    csrf: CsrfTokens
    clock: Clock
    https: bool

    notices: ClassVar[frozenset[str]] = frozenset(
        key.removeprefix("notice.") for key in catalogue(DEFAULT_LOCALE) if key.startswith("notice.")
    )

"""Opens PostgreSQL transactions in a scope; events go into the outbox with the state they tell of."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.accounts.application.ports import IdentifierVault, RepeatKey
from services.accounts.application.sign_in_ports import Opening
from services.accounts.infrastructure.messaging.wire_events import message_of
from services.accounts.infrastructure.persistence.accounts import PostgresAccountReader, PostgresAccounts
from services.accounts.infrastructure.persistence.audit_names import PostgresAuditNames
from services.accounts.infrastructure.persistence.clinics import PostgresClinicReader, PostgresClinics
from services.accounts.infrastructure.persistence.confirmations import (
    PostgresConfirmationReader,
    PostgresConfirmations,
)
from services.accounts.infrastructure.persistence.consents import PostgresConsentReader, PostgresConsents
from services.accounts.infrastructure.persistence.corrections import (
    PostgresCorrectionReader,
    PostgresCorrections,
)
from services.accounts.infrastructure.persistence.credentials import (
    PostgresCredentialReader,
    PostgresCredentials,
)
from services.accounts.infrastructure.persistence.devices import PostgresDeviceReader, PostgresDevices
from services.accounts.infrastructure.persistence.eraser import PostgresEraser
from services.accounts.infrastructure.persistence.erasures import PostgresErasureReader, PostgresErasures
from services.accounts.infrastructure.persistence.invitations import (
    PostgresInvitationReader,
    PostgresInvitations,
)
from services.accounts.infrastructure.persistence.machine_clients import (
    PostgresMachineClientReader,
    PostgresMachineClientStore,
)
from services.accounts.infrastructure.persistence.memberships import (
    PostgresMembershipReader,
    PostgresMemberships,
)
from services.accounts.infrastructure.persistence.merges import PostgresMergeReader, PostgresMerges
from services.accounts.infrastructure.persistence.one_time_codes import PostgresCodes
from services.accounts.infrastructure.persistence.passkeys import (
    PostgresPasskeyReader,
    PostgresPasskeys,
    PostgresRecoveryCodes,
)
from services.accounts.infrastructure.persistence.patients import PostgresPatientReader, PostgresPatients
from services.accounts.infrastructure.persistence.proxies import PostgresProxies, PostgresProxyReader
from services.accounts.infrastructure.persistence.session_opening import open_session
from services.accounts.infrastructure.persistence.sessions import PostgresSessionReader, PostgresSessions
from services.accounts.infrastructure.persistence.tickets import PostgresTickets
from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.events import DomainEvent
from services.shared.kernel.principal import Principal
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.messaging.wakeup import WakeUp
from services.shared.platform.postgres.database import Database, ReadSession, Scope, WriteSession
from services.shared.platform.postgres.idempotency import Created, once
from services.shared.platform.postgres.outbox import add_to_outbox
from services.shared.platform.revocations import RevocationPublisher
from services.shared.platform.tracing import current_trace_id


class PostgresReading:
    def __init__(self, session: ReadSession, vault: IdentifierVault) -> None:
        self._reading = session
        self.accounts = PostgresAccountReader(session, vault)
        self.patients = PostgresPatientReader(session, vault)
        self.memberships = PostgresMembershipReader(session)
        self.credentials = PostgresCredentialReader(session, vault)
        self.sessions = PostgresSessionReader(session)
        self.devices = PostgresDeviceReader(session)
        self.passkeys = PostgresPasskeyReader(session)
        self.clinics = PostgresClinicReader(session)
        self.proxies = PostgresProxyReader(session)
        self.invitations = PostgresInvitationReader(session, vault)
        self.confirmations = PostgresConfirmationReader(session, vault)
        self.merges = PostgresMergeReader(session)
        self.machine_clients = PostgresMachineClientReader(session)
        self.audit_names = PostgresAuditNames(session)
        self.erasures = PostgresErasureReader(session, vault)
        self.corrections = PostgresCorrectionReader(session, vault)
        self.consents = PostgresConsentReader(session)

    async def audit(self, entry: AuditEntry) -> None:
        await self._reading.audit(replace(entry, trace_id=entry.trace_id or current_trace_id()))


class PostgresWork:
    def __init__(self, session: WriteSession, vault: IdentifierVault) -> None:
        self._session = session
        self._events: list[DomainEvent] = []
        self.accounts = PostgresAccounts(session, vault)
        self.patients = PostgresPatients(session, vault)
        self.memberships = PostgresMemberships(session)
        self.credentials = PostgresCredentials(session, vault)
        self.sessions = PostgresSessions(session)
        self.codes = PostgresCodes(session)
        self.devices = PostgresDevices(session)
        self.passkeys = PostgresPasskeys(session)
        self.recovery_codes = PostgresRecoveryCodes(session)
        self.tickets = PostgresTickets(session, vault)
        self.clinics = PostgresClinics(session)
        self.proxies = PostgresProxies(session)
        self.invitations = PostgresInvitations(session, vault)
        self.confirmations = PostgresConfirmations(session, vault)
        self.merges = PostgresMerges(session)
        self.machine_clients = PostgresMachineClientStore(session)
        self.erasures = PostgresErasures(session, vault)
        self.corrections = PostgresCorrections(session, vault)
        self.consents = PostgresConsents(session)
        self.eraser = PostgresEraser(session)

    async def act_for(self, person_id: UUID) -> None:
        await self._session.value("SELECT set_config('app.person', $1, true)", str(person_id))

    async def act_in(self, clinic_id: UUID) -> None:
        await self._session.value("SELECT set_config('app.clinic', $1, true)", str(clinic_id))

    def record(self, *events: DomainEvent) -> None:
        self._events.extend(events)

    async def audit(self, entry: AuditEntry) -> None:
        await self._session.audit(replace(entry, trace_id=entry.trace_id or current_trace_id()))

    async def once(
        self, caller: Principal, repeat: RepeatKey, run: Callable[[], Awaitable[Mapping[str, Any]]]
    ) -> Mapping[str, Any]:
        async def create() -> Created:
            return Created(201, await run())

        created = await once(
            self._session, caller, key=repeat.key, route=repeat.route, request=repeat.request, run=create
        )
        return created.body

    async def publish(self) -> bool:
        """Store what was recorded in the outbox; True when there was anything.

        A person's own change is told to each of the person's clinics: the transaction takes on each clinic's scope
        in turn, at its very end, for nothing but its messages.
        """
        by_clinic: dict[UUID, list[tuple[Message, str]]] = defaultdict(list)
        for event in self._events:
            message, destination = message_of(event)
            by_clinic[message.clinic_id].append((message, destination))
        for clinic_id, messages in by_clinic.items():
            await self._session.value("SELECT set_config('app.clinic', $1, true)", str(clinic_id))
            await add_to_outbox(self._session, messages)
        return bool(by_clinic)


class PostgresTransactions:
    def __init__(
        self, database: Database, vault: IdentifierVault, wakeup: WakeUp, revocations: RevocationPublisher
    ) -> None:
        self._database = database
        self._vault = vault
        self._wakeup = wakeup
        self._revocations = revocations

    @asynccontextmanager
    async def read(
        self, *, clinic_id: UUID | None = None, person_id: UUID | None = None
    ) -> AsyncIterator[PostgresReading]:
        async with self._database.read(Scope(clinic_id, person_id)) as session:
            yield PostgresReading(session, self._vault)

    @asynccontextmanager
    async def write(
        self, *, clinic_id: UUID | None = None, person_id: UUID | None = None
    ) -> AsyncIterator[PostgresWork]:
        async with self._database.write(Scope(clinic_id, person_id)) as session:
            work = PostgresWork(session, self._vault)
            yield work
            published = await work.publish()
        if published:
            self._wakeup.ring()
        if ended := work.sessions.ended | work.machine_clients.ended:
            self._revocations.tell(ended)

    async def open_session(self, opening: Opening, password_hash: str) -> bool:
        message = message_of(opening.warning) if opening.warning else None
        async with self._database.statements() as session:
            opened = await open_session(session, opening, password_hash, current_trace_id(), message)
        if opened and message is not None:
            self._wakeup.ring()
        return opened

"""Gives a machine client its access token."""

from dataclasses import replace

from services.accounts.application.key_ports import AccessToken, TokenIssuer
from services.accounts.application.machine_ports import MachineClients
from services.accounts.domain.errors import CLIENT_INVALID, SCOPE_NOT_GRANTED
from services.accounts.domain.machine_client import MachineClient, Secret, hash_secret
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role


class IssueServiceToken:
    """Client credentials (RFC 6749, 4.4). Without a `scope` the client gets all it was granted; asking for more is
    refused. An unknown client, a wrong, ended or expired secret, and a suspended or ended client get the same answer.
    A clinic's client is an `integration` inside that clinic; the installation's own are services. Errors have the
    shape of RFC 6749, 5.2.
    """

    def __init__(self, clients: MachineClients, issuer: TokenIssuer, clock: Clock) -> None:
        self._clients = clients
        self._issuer = issuer
        self._clock = clock
        self._nobody = MachineClient(new_id(), "", Secret(hash_secret(str(new_id()))), frozenset())

    async def __call__(self, client_id: str, secret: str, scope: str) -> AccessToken:
        now = self._clock.now()
        client = await self._clients.get(client_id) or self._nobody
        known = client.secret_like(secret, now)
        if known is None:
            raise CLIENT_INVALID.error()
        asked = frozenset(scope.split()) or client.scopes
        if not asked <= client.scopes:
            raise SCOPE_NOT_GRANTED.error(field="scope")
        if client.clinic_id is not None:
            await self._clients.note_use(client, known, now)
        principal = Principal(
            account_id=client.id,
            roles=frozenset({Role.SERVICE if client.clinic_id is None else Role.INTEGRATION}),
            clinic_id=client.clinic_id,
            scopes=asked,
            session_id=known.session_id,
            name=client.client_id,
        )
        return replace(self._issuer.for_principal(principal, now), scope=" ".join(sorted(asked)))

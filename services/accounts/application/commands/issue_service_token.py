"""Gives a machine client its access token."""

from services.accounts.application.ports import AccessToken, MachineClients, TokenIssuer
from services.accounts.domain.errors import CLIENT_INVALID, SCOPE_NOT_GRANTED
from services.accounts.domain.machine_client import MachineClient, hash_secret
from services.shared.kernel.clock import Clock
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role


class IssueServiceToken:
    """Client credentials (RFC 6749, 4.4). Without a `scope` the client gets all it was granted; asking for more is
    refused. An unknown client and a wrong secret get the same answer.
    """

    def __init__(self, clients: MachineClients, issuer: TokenIssuer, clock: Clock) -> None:
        self._clients = clients
        self._issuer = issuer
        self._clock = clock
        self._nobody = MachineClient(new_id(), "", hash_secret(str(new_id())), frozenset())

    async def __call__(self, client_id: str, secret: str, scope: str) -> AccessToken:
        client = await self._clients.get(client_id) or self._nobody
        if not client.knows(secret):
            raise CLIENT_INVALID.error()
        asked = frozenset(scope.split()) or client.scopes
        if not asked <= client.scopes:
            raise SCOPE_NOT_GRANTED.error(field="scope")
        principal = Principal(
            account_id=client.id, roles=frozenset({Role.SERVICE}), scopes=asked, name=client.client_id
        )
        return self._issuer.for_principal(principal, self._clock.now())

"""Opens tickets and finds them again by the token that their bearer shows."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from services.accounts.application.ports import Directory, Work
from services.accounts.domain.errors import TICKET_ENDED
from services.accounts.domain.ticket import Errand, Ticket


def new_ticket_token() -> tuple[str, bytes]:
    """Return an opaque token of 256 random bits, and the hash that is kept of it."""
    token = secrets.token_urlsafe(32)
    return token, hash_ticket_token(token)


def hash_ticket_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def bearer_of(directory: Directory, token: str) -> UUID:
    """Return whom the ticket is about; raise `ticket_ended` when there is none."""
    person_id = await directory.person_of_ticket(hash_ticket_token(token))
    if person_id is None:
        raise TICKET_ENDED.error()
    return person_id


async def open_ticket(work: Work, token: str, errand: Errand, now: datetime) -> Ticket:
    """Return the ticket, locked; raise `ticket_ended` when it is over or for something else."""
    ticket = await work.tickets.get(hash_ticket_token(token))
    if ticket is None or not ticket.is_open(now, errand):
        raise TICKET_ENDED.error()
    return ticket

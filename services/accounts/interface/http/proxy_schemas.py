"""Proxies as the routes take and give them. The giver never learns whether the person named has an account."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, SecretStr

from services.accounts.domain.proxy import Proof, Proxy, ProxyKind, Scope
from services.accounts.interface.http.schemas import Body, Line

CpfText = Annotated[SecretStr, Field(min_length=11, max_length=20)]


class GrantBody(Body):
    label: Line
    cpf: CpfText
    birth_date: Line
    scope: Scope
    until: AwareDatetime


class GuardianBody(Body):
    guardian_patient_id: UUID
    proof: Proof


class LookUpBody(Body):
    record_number: Line | None = None
    cpf: Annotated[SecretStr, Field(max_length=20)] | None = None
    birth_date: Line | None = None


class ProxyMade(BaseModel):
    id: UUID
    until: datetime


class GivenView(BaseModel):
    id: UUID
    kind: ProxyKind
    label: str
    scope: Scope
    starts_at: datetime
    until: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, proxy: Proxy) -> "GivenView":
        return cls(
            id=proxy.id,
            kind=proxy.kind,
            label=proxy.label,
            scope=proxy.scope,
            starts_at=proxy.starts_at,
            until=proxy.until,
            ended_at=proxy.ended_at,
        )


class HeldView(BaseModel):
    id: UUID
    kind: ProxyKind
    person_id: UUID
    name: str
    scope: Scope
    until: datetime

    @classmethod
    def of(cls, proxy: Proxy) -> "HeldView":
        return cls(
            id=proxy.id,
            kind=proxy.kind,
            person_id=proxy.person_id,
            name=proxy.person_name,
            scope=proxy.scope,
            until=proxy.until,
        )


class ProxiesView(BaseModel):
    given: list[GivenView]
    held: list[HeldView]

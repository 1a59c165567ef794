"""Routes by which a person gets what accounts holds of them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.accounts.application.queries.own_records import OwnData, OwnRecord, OwnRecords
from services.accounts.domain.account import Locale
from services.accounts.domain.patient_record import Sex
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.schemas import ClinicView
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

router = APIRouter(tags=["own data"])


class OwnRecordView(BaseModel):
    patient_id: UUID
    clinic: ClinicView
    record_number: str
    name: str
    social_name: str | None
    birth_date: date
    sex: Sex
    mother_name: str | None
    cpf: str | None
    cns: str | None
    email: str | None
    phone: str | None

    @classmethod
    def of(cls, own: OwnRecord) -> "OwnRecordView":
        record = own.record
        return cls(
            patient_id=record.id,
            clinic=ClinicView(id=own.clinic.id, name=own.clinic.name),
            record_number=record.record_number,
            name=record.name,
            social_name=record.social_name,
            birth_date=record.birth_date,
            sex=record.sex,
            mother_name=record.mother_name,
            cpf=record.cpf,
            cns=record.cns,
            email=record.email,
            phone=record.phone.e164 if record.phone else None,
        )


class OwnDataView(BaseModel):
    account_id: UUID
    name: str
    email: str | None
    phone: str | None
    locale: Locale
    records: list[OwnRecordView]

    @classmethod
    def of(cls, data: OwnData) -> "OwnDataView":
        account = data.account
        return cls(
            account_id=account.id,
            name=account.name,
            email=account.email,
            phone=account.phone.e164 if account.phone else None,
            locale=account.locale,
            records=[OwnRecordView.of(own) for own in data.records],
        )


@router.get("/me/records", description=OwnRecords.__doc__)
async def own_records(
    request: Request, response: Response, caller: Annotated[Principal, callers(Role.PATIENT)]
) -> OwnDataView:
    data = await desk_of(request).own_records(caller, address=address_of(request))
    never_stored(response)
    return OwnDataView.of(data)

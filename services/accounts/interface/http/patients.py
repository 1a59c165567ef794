"""Routes about a clinic's patients and doctors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from services.accounts.application.commands.register_patient import RegisterPatient
from services.accounts.application.ports import RepeatKey
from services.accounts.application.queries.find_doctors import FindDoctors
from services.accounts.application.queries.find_patients import FindPatients
from services.accounts.application.queries.get_identifiers import GetIdentifiers
from services.accounts.application.queries.get_patient import GetPatient
from services.accounts.domain.machine_scopes import MachineScope
from services.accounts.domain.masks import mask_cpf, mask_email, mask_phone
from services.accounts.domain.membership import Membership
from services.accounts.domain.patient_record import PatientRecord
from services.accounts.interface.http.cursors import Cursor, Limit, Search, cursor_after, cursor_of
from services.accounts.interface.http.front_desk import desk_of
from services.accounts.interface.http.schemas import (
    DoctorPageView,
    DoctorView,
    IdentifiersView,
    PatientBody,
    PatientPageView,
    PatientView,
    RegisteredView,
)
from services.accounts.interface.http.sessions import never_stored
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.http.callers import address_of, callers

READERS = (Role.DOCTOR, Role.RECEPTIONIST, Role.TECHNICIAN, Role.RELEASER, Role.ADMINISTRATOR)
router = APIRouter(tags=["patients"])


@router.get("/patients", description=FindPatients.__doc__)
async def find_patients(  # noqa: PLR0917  FastAPI fills parameters by name
    request: Request,
    response: Response,
    caller: Annotated[Principal, callers(*READERS)],
    q: Search = "",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> PatientPageView:
    page = await desk_of(request).find_patients(
        q, caller, after=cursor_after(cursor), limit=limit, address=address_of(request)
    )
    never_stored(response)
    return PatientPageView(
        items=[patient_view(record) for record in page.records], next_cursor=cursor_of(page.next_after)
    )


@router.post("/patients", status_code=201, description=RegisterPatient.__doc__)
async def register_patient(
    request: Request,
    response: Response,
    body: PatientBody,
    caller: Annotated[
        Principal,
        callers(Role.DOCTOR, Role.RECEPTIONIST, Role.INTEGRATION, scope=MachineScope.PATIENTS_WRITE),
    ],
    idempotency_key: Annotated[str, Header(min_length=8, max_length=200)],
) -> RegisteredView:
    repeat = RepeatKey(idempotency_key, "POST /api/v1/accounts/patients", await request.body())
    registered = await desk_of(request).register_patient(
        body.typed(), caller, repeat, address=address_of(request)
    )
    never_stored(response)
    response.headers["Location"] = f"/api/v1/accounts/patients/{registered['id']}"
    return RegisteredView(**registered)


@router.get("/patients/{patient_id}", description=GetPatient.__doc__)
async def get_patient(
    request: Request,
    response: Response,
    patient_id: UUID,
    caller: Annotated[Principal, callers(*READERS, Role.INTEGRATION, scope=MachineScope.PATIENTS_READ)],
) -> PatientView:
    record, stands_for = await desk_of(request).get_patient(patient_id, caller, address=address_of(request))
    never_stored(response)
    return patient_view(record).model_copy(update={"merged_records": list(stands_for)})


@router.get("/patients/{patient_id}/identifiers", description=GetIdentifiers.__doc__)
async def get_identifiers(
    request: Request,
    response: Response,
    patient_id: UUID,
    caller: Annotated[Principal, callers(Role.SERVICE, scope="identifiers:read")],
) -> IdentifiersView:
    record = await desk_of(request).get_identifiers(patient_id, caller, address=address_of(request))
    never_stored(response)
    return IdentifiersView(patient_id=record.id, cpf=record.cpf, cns=record.cns)


@router.get("/doctors", description=FindDoctors.__doc__)
async def find_doctors(
    request: Request,
    caller: Annotated[Principal, callers(*READERS, Role.INTEGRATION, scope=MachineScope.DOCTORS_READ)],
    q: Search = "",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> DoctorPageView:
    page = await desk_of(request).find_doctors(q, caller, after=cursor_after(cursor), limit=limit)
    return DoctorPageView(
        items=[_doctor(membership) for membership in page.doctors], next_cursor=cursor_of(page.next_after)
    )


def patient_view(record: PatientRecord) -> PatientView:
    return PatientView(
        id=record.id,
        record_number=record.record_number,
        name=record.name,
        social_name=record.social_name,
        birth_date=record.birth_date,
        sex=record.sex,
        cpf_masked=mask_cpf(record.cpf),
        email_masked=mask_email(record.email),
        phone_masked=mask_phone(record.phone.e164 if record.phone else None),
        merged_into=record.merged_into,
    )


def _doctor(membership: Membership) -> DoctorView:
    registration = membership.registration
    return DoctorView(
        id=membership.account_id,
        name=membership.name,
        council=registration.council if registration else None,
        council_number=registration.number if registration else None,
        council_uf=registration.uf if registration else None,
    )

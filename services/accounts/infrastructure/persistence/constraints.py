"""A violated constraint's name -> the error a person sees."""

from services.accounts.domain.errors import PASSKEY_KNOWN, PATIENT_EXISTS

CONSTRAINTS = {
    "patient_cpf_in_clinic": PATIENT_EXISTS,
    "patient_person_in_clinic": PATIENT_EXISTS,
    "passkey_credential": PASSKEY_KNOWN,
}

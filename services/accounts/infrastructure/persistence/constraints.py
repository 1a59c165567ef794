"""A violated constraint's name -> the error a person sees."""

from services.accounts.domain.correction_errors import CORRECTION_OPEN
from services.accounts.domain.erasure_errors import ERASURE_OPEN
from services.accounts.domain.errors import PASSKEY_KNOWN, PATIENT_EXISTS
from services.accounts.domain.merge_errors import MERGE_OPEN
from services.accounts.domain.staff_errors import ALREADY_STAFF, INVITATION_EXISTS

CONSTRAINTS = {
    "patient_cpf_in_clinic": PATIENT_EXISTS,
    "patient_person_in_clinic": PATIENT_EXISTS,
    "passkey_credential": PASSKEY_KNOWN,
    "invitation_open_for_address": INVITATION_EXISTS,
    "memberships_pkey": ALREADY_STAFF,
    "correction_open": CORRECTION_OPEN,
    "erasure_waiting": ERASURE_OPEN,
    "merge_open_for_duplicate": MERGE_OPEN,
}

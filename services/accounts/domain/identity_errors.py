"""Every way in which signing up, finding one's records or changing a contact can fail, each with the next step."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


CLINIC_UNKNOWN = _kind(
    "clinic_unknown",
    Category.INVALID,
    "Escolha uma clínica da lista.",
    "Choose a clinic from the list.",
)
CONFIRMATION_FAILED = _kind(
    "confirmation_failed",
    Category.INVALID,
    "Código incorreto ou vencido. Confira o código recebido ou peça um novo.",
    "Wrong or expired code. Check the code you received or ask for a new one.",
)
SIGN_UP_KNOWN = _kind(
    "sign_up_known",
    Category.CONFLICT,
    "Este e-mail acabou de ganhar uma conta. Entre com ela ou use o primeiro acesso.",
    "This e-mail got an account just now. Sign in with it or use first access.",
)
HAS_RECORDS = _kind(
    "has_records",
    Category.CONFLICT,
    "Sua conta já mostra exames de uma clínica. Para juntar outro cadastro, peça na recepção.",
    "Your account already shows a clinic's exams. To join another record, ask at the front desk.",
)
CONTACT_MISSING = _kind(
    "contact_missing",
    Category.INVALID,
    "Informe o novo e-mail ou o novo celular, um de cada vez.",
    "Give the new e-mail or the new mobile number, one at a time.",
)
CONTACT_SAME = _kind(
    "contact_same",
    Category.CONFLICT,
    "Este já é o contato cadastrado.",
    "This is the contact on file already.",
)
PHONE_NOT_MOBILE = _kind(
    "phone_not_mobile",
    Category.INVALID,
    "Códigos chegam por SMS, que só vai para celular. Informe um número de celular.",
    "Codes come by SMS, which goes to mobile numbers only. Give a mobile number.",
)
CONTACT_LOGIN_TAKEN = _kind(
    "contact_login_taken",
    Category.CONFLICT,
    "Este e-mail já é usado para entrar em outra conta. Escolha outro.",
    "This e-mail is already used to sign in to another account. Choose another.",
)
CODE_TOO_SOON = _kind(
    "code_too_soon",
    Category.RATE_LIMITED,
    "Um código acabou de ser enviado. Espere um minuto antes de pedir outro.",
    "A code was sent just now. Wait a minute before asking for another.",
)
ANOTHER_CLINICS_CONTACT = _kind(
    "another_clinics_contact",
    Category.FORBIDDEN,
    "O contato desta pessoa só muda na clínica que a cadastrou primeiro, ou por ela mesma no portal.",
    "This contact changes only in the clinic that registered the person first, or by the person in the portal.",
)

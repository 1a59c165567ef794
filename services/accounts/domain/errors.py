"""Every way in which an accounts command or question can fail, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


# --- signing in ---
SIGN_IN_FAILED = _kind(
    "sign_in_failed",
    Category.UNAUTHENTICATED,
    "Usuário ou senha não conferem. Confira e tente de novo; se é seu primeiro acesso, crie sua senha.",
    "Login or password do not match. Check and try again; if this is your first access, create your password.",
)
CODE_REQUIRED = _kind(
    "code_required",
    Category.UNAUTHENTICATED,
    "Digite o código do seu aplicativo autenticador.",
    "Type the code from your authenticator app.",
)
CODE_INVALID = _kind(
    "code_invalid",
    Category.UNAUTHENTICATED,
    "Código incorreto. Confira o relógio do aparelho e digite o código que está na tela agora.",
    "Wrong code. Check your device's clock and type the code now on the screen.",
)
CODE_USED = _kind(
    "code_used",
    Category.UNAUTHENTICATED,
    "Este código já foi usado. Espere o próximo aparecer no aplicativo (até 30 segundos).",
    "This code was already used. Wait for the next one to appear in the app (up to 30 seconds).",
)
TOO_MANY_ATTEMPTS = _kind(
    "too_many_attempts",
    Category.RATE_LIMITED,
    "Muitas tentativas seguidas. Espere {wait_seconds} segundos e tente de novo.",
    "Too many attempts in a row. Wait {wait_seconds} seconds and try again.",
)
NO_ACTIVE_ROLE = _kind(
    "no_active_role",
    Category.FORBIDDEN,
    "Sua conta não tem função ativa em nenhuma clínica. Fale com o administrador.",
    "Your account has no active role in any clinic. Talk to the administrator.",
)
SECOND_FACTOR_MISSING = _kind(
    "second_factor_missing",
    Category.FORBIDDEN,
    "Sua conta ainda não tem aplicativo autenticador. Fale com o administrador da clínica.",
    "Your account has no authenticator app yet. Talk to the clinic's administrator.",
)
SESSION_ENDED = _kind(
    "session_ended",
    Category.UNAUTHENTICATED,
    "Sua sessão terminou. Entre de novo.",
    "Your session has ended. Sign in again.",
)
CLIENT_INVALID = _kind(
    "client_invalid",
    Category.UNAUTHENTICATED,
    "Cliente desconhecido ou segredo incorreto.",
    "Unknown client or wrong secret.",
)
GRANT_UNSUPPORTED = _kind(
    "grant_unsupported",
    Category.MALFORMED,
    "Este endereço aceita apenas grant_type=client_credentials.",
    "This address accepts grant_type=client_credentials only.",
)
SCOPE_NOT_GRANTED = _kind(
    "scope_not_granted",
    Category.MALFORMED,
    "O cliente pediu um escopo que não lhe foi concedido.",
    "The client asked for a scope that was not granted to it.",
)

# --- first access ---
FIRST_ACCESS_FAILED = _kind(
    "first_access_failed",
    Category.INVALID,
    "Código incorreto ou vencido. Confira o código recebido ou peça um novo.",
    "Wrong or expired code. Check the code you received or ask for a new one.",
)
PASSWORD_LENGTH = _kind(
    "password_length",
    Category.INVALID,
    "A senha precisa ter de 8 a 128 caracteres. Uma frase funciona bem.",
    "The password needs 8 to 128 characters. A sentence works well.",
)
PASSWORD_COMMON = _kind(
    "password_common",
    Category.INVALID,
    "Esta senha é fácil de adivinhar. Escolha outra, por exemplo três palavras sem relação entre si.",
    "This password is easy to guess. Choose another, for instance three unrelated words.",
)

# --- people ---
PATIENT_EXISTS = _kind(
    "patient_exists",
    Category.CONFLICT,
    "Já existe um paciente com este CPF nesta clínica. Abra o cadastro existente.",
    "A patient with this CPF already exists in this clinic. Open the existing record.",
)
NAME_INVALID = _kind(
    "name_invalid",
    Category.INVALID,
    "Escreva o nome com 2 a 120 caracteres, só letras, espaços, pontos, hífens e apóstrofos.",
    "Write the name with 2 to 120 characters: letters, spaces, dots, hyphens and apostrophes only.",
)
DATE_INVALID = _kind(
    "date_invalid",
    Category.INVALID,
    "Esta data não existe. Use o formato AAAA-MM-DD.",
    "This date does not exist. Use the format YYYY-MM-DD.",
)
BIRTH_DATE_IN_FUTURE = _kind(
    "birth_date_in_future",
    Category.INVALID,
    "A data de nascimento não pode estar no futuro.",
    "The birth date cannot lie in the future.",
)
BIRTH_DATE_TOO_OLD = _kind(
    "birth_date_too_old",
    Category.INVALID,
    "A data de nascimento não pode ser anterior a 1900.",
    "The birth date cannot lie before 1900.",
)
CPF_INVALID = _kind(
    "cpf_invalid",
    Category.INVALID,
    "CPF inválido. Confira os 11 dígitos.",
    "Invalid CPF. Check the 11 digits.",
)
CNS_INVALID = _kind(
    "cns_invalid",
    Category.INVALID,
    "Cartão Nacional de Saúde inválido. Confira os 15 dígitos.",
    "Invalid National Health Card. Check the 15 digits.",
)
CNPJ_INVALID = _kind(
    "cnpj_invalid",
    Category.INVALID,
    "CNPJ inválido. Confira os 14 caracteres.",
    "Invalid CNPJ. Check the 14 characters.",
)
EMAIL_INVALID = _kind(
    "email_invalid",
    Category.INVALID,
    "E-mail inválido. Confira se há um nome, um @ e um domínio.",
    "Invalid e-mail. Check that there is a name, an @ and a domain.",
)
PHONE_INVALID = _kind(
    "phone_invalid",
    Category.INVALID,
    "Telefone inválido. Informe DDD e número; fora do Brasil, comece com + e o código do país.",
    "Invalid phone. Give area code and number; outside Brazil begin with + and the country code.",
)
COUNCIL_INVALID = _kind(
    "council_invalid",
    Category.INVALID,
    "Registro profissional inválido. Informe conselho, número e UF.",
    "Invalid professional registration. State council, number and UF.",
)

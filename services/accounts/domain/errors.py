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
    "Sua conta ainda não tem segunda etapa. Entre pelo portal para ativá-la ou fale com a clínica.",
    "Your account has no second step yet. Sign in through the portal to set it up, or talk to the clinic.",
)
FACTOR_NOT_ACCEPTED = _kind(
    "factor_not_accepted",
    Category.FORBIDDEN,
    "Esta forma de confirmação não vale aqui. Use o aplicativo autenticador ou uma chave de acesso.",
    "This kind of confirmation does not count here. Use the authenticator app or a passkey.",
)
CONTACT_CODE_INVALID = _kind(
    "contact_code_invalid",
    Category.UNAUTHENTICATED,
    "Código incorreto ou vencido. Confira a mensagem recebida ou peça outro código.",
    "Wrong or expired code. Check the message you received or ask for another code.",
)
RECOVERY_CODE_INVALID = _kind(
    "recovery_code_invalid",
    Category.UNAUTHENTICATED,
    "Código de recuperação incorreto ou já usado. Confira ou use outro da sua lista.",
    "Wrong recovery code, or one already used. Check it or use another one of your list.",
)
PASSKEY_REFUSED = _kind(
    "passkey_refused",
    Category.UNAUTHENTICATED,
    "Não foi possível confirmar a chave de acesso. Tente de novo ou use outra forma de entrar.",
    "The passkey could not be confirmed. Try again or use another way to sign in.",
)
TICKET_ENDED = _kind(
    "ticket_ended",
    Category.UNAUTHENTICATED,
    "O tempo desta etapa terminou. Comece de novo.",
    "The time for this step has ended. Start over.",
)
STEP_UP_REQUIRED = _kind(
    "step_up_required",
    Category.FORBIDDEN,
    "Confirme que é você antes de mudar a segurança da conta.",
    "Confirm that it is you before changing your account's security.",
)
CODE_TOO_SOON = _kind(
    "code_too_soon",
    Category.RATE_LIMITED,
    "Já enviamos um código. Espere {wait_seconds} segundos antes de pedir outro.",
    "We have sent a code already. Wait {wait_seconds} seconds before asking for another.",
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
    "A senha precisa ter de {shortest} a {longest} caracteres. Uma frase funciona bem.",
    "The password needs {shortest} to {longest} characters. A sentence works well.",
)
PASSWORD_COMMON = _kind(
    "password_common",
    Category.INVALID,
    "Esta senha é fácil de adivinhar. Escolha outra, por exemplo três palavras sem relação entre si.",
    "This password is easy to guess. Choose another, for instance three unrelated words.",
)

# --- account security ---
OLD_PASSWORD_WRONG = _kind(
    "old_password_wrong",
    Category.INVALID,
    "A senha atual não confere. Digite-a de novo; se esqueceu, peça uma nova na página de entrada.",
    "The current password does not match. Type it again; if you forgot it, ask for a new one on the sign-in page.",
)
RESET_FAILED = _kind(
    "reset_failed",
    Category.INVALID,
    "Código incorreto ou vencido. Confira o código recebido ou peça um novo.",
    "Wrong or expired code. Check the code you received or ask for a new one.",
)
PASSKEY_NAME_INVALID = _kind(
    "passkey_name_invalid",
    Category.INVALID,
    "Dê à chave de acesso um nome de 1 a 60 caracteres.",
    "Give the passkey a name of 1 to 60 characters.",
)
PASSKEY_NOT_ADDED = _kind(
    "passkey_not_added",
    Category.INVALID,
    "O aparelho não confirmou a chave de acesso. Tente de novo ou use outro aparelho.",
    "The device did not confirm the passkey. Try again or use another device.",
)
PASSKEY_KNOWN = _kind(
    "passkey_known",
    Category.CONFLICT,
    "Esta chave de acesso já está cadastrada.",
    "This passkey is registered already.",
)
TOO_MANY_PASSKEYS = _kind(
    "too_many_passkeys",
    Category.CONFLICT,
    "Sua conta já tem 20 chaves de acesso. Remova uma antes de criar outra.",
    "Your account has 20 passkeys already. Remove one before creating another.",
)
FACTOR_NEEDED = _kind(
    "factor_needed",
    Category.CONFLICT,
    "Sua função exige uma segunda etapa. Ative outra antes de remover esta.",
    "Your role needs a second step. Set up another before removing this one.",
)
PASSWORD_TOO_SHORT_ALONE = _kind(
    "password_too_short_alone",
    Category.CONFLICT,
    "Sem segunda etapa, a senha precisa de 15 caracteres ou mais. Troque a senha antes de remover a última.",
    "Without a second step the password needs 15 characters or more. Change it before removing the last step.",
)
NOT_REACHABLE = _kind(
    "not_reachable",
    Category.CONFLICT,
    "Não há e-mail ou celular confirmado no seu cadastro. Confirme um em Conta, Contato, ou peça à clínica.",
    "No e-mail or mobile phone on your record is confirmed. Confirm one under Account, Contact, or ask your clinic.",
)
ENROL_FIRST = _kind(
    "enrol_first",
    Category.CONFLICT,
    "Ative primeiro um aplicativo autenticador ou uma chave de acesso.",
    "Set up an authenticator app or a passkey first.",
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
NAME_MIXED_SCRIPTS = _kind(
    "name_mixed_scripts",
    Category.INVALID,
    "O nome mistura letras de alfabetos diferentes que se parecem (latinas e cirílicas, por exemplo). Digite de novo.",
    "The name mixes look-alike letters of different alphabets (Latin and Cyrillic, for example). Type it again.",
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

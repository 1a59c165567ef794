"""Every way in which the work of a clinic's administrator can fail, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


ROLES_INVALID = _kind(
    "roles_invalid",
    Category.INVALID,
    "Escolha ao menos um perfil de equipe.",
    "Choose at least one staff role.",
)
AUDITOR_ALONE = _kind(
    "auditor_alone",
    Category.INVALID,
    "Quem audita não pode ter outro perfil. Escolha só auditoria, ou os outros sem ela.",
    "An auditor can have no other role. Choose auditor alone, or the others without it.",
)
COUNCIL_REQUIRED = _kind(
    "council_required",
    Category.INVALID,
    "Médicos e responsáveis pela liberação precisam de conselho, número e UF.",
    "Doctors and releasers need council, number and UF.",
)
COUNCIL_CHANGED = _kind(
    "council_changed",
    Category.CONFLICT,
    "O registro profissional mudou enquanto você conferia. Recarregue a página e confira o novo.",
    "The registration changed while you compared it. Reload the page and compare the new one.",
)
COUNCIL_UNCHANGED = _kind(
    "council_unchanged",
    Category.CONFLICT,
    "Este registro profissional não está conferido. Recarregue a página.",
    "This registration is not verified. Reload the page.",
)
OWN_ROLES = _kind(
    "own_roles",
    Category.FORBIDDEN,
    "Ninguém dá perfis a si mesmo. Peça a outro administrador.",
    "Nobody gives roles to himself. Ask another administrator.",
)
OWN_VERIFICATION = _kind(
    "own_verification",
    Category.FORBIDDEN,
    "Seu próprio registro precisa ser conferido por outra pessoa.",
    "Your own registration must be verified by somebody else.",
)
LAST_ADMINISTRATOR = _kind(
    "last_administrator",
    Category.CONFLICT,
    "Esta é a única pessoa que administra a clínica. Dê o perfil a outra antes.",
    "This is the clinic's only administrator. Give the role to somebody else first.",
)
MEMBER_INACTIVE = _kind(
    "member_inactive",
    Category.CONFLICT,
    "O acesso desta pessoa já está encerrado. Recarregue a página.",
    "This person's access has already ended. Reload the page.",
)
MEMBER_ACTIVE = _kind(
    "member_active",
    Category.CONFLICT,
    "Esta pessoa já tem acesso. Recarregue a página.",
    "This person already has access. Reload the page.",
)
ALREADY_STAFF = _kind(
    "already_staff",
    Category.CONFLICT,
    "Já existe alguém da equipe com este e-mail. Abra o cadastro e, se preciso, reative o acesso.",
    "Somebody of the staff has this e-mail already. Open the person and, if needed, give access again.",
)
INVITATION_EXISTS = _kind(
    "invitation_exists",
    Category.CONFLICT,
    "Já existe um convite aberto para este e-mail. Envie-o de novo ou retire-o.",
    "There is an open invitation for this e-mail. Send it again or withdraw it.",
)
INVITATION_TOO_SOON = _kind(
    "invitation_too_soon",
    Category.RATE_LIMITED,
    "O convite acabou de ser enviado. Espere um minuto antes de enviar de novo.",
    "The invitation was sent just now. Wait a minute before sending it again.",
)
INVITATION_CLOSED = _kind(
    "invitation_closed",
    Category.CONFLICT,
    "Este convite já foi aceito ou retirado. Recarregue a página.",
    "This invitation was accepted or withdrawn already. Reload the page.",
)
INVITATION_INVALID = _kind(
    "invitation_invalid",
    Category.INVALID,
    "Convite desconhecido, vencido ou já usado. Confira o código ou peça outro a quem convidou você.",
    "Unknown, expired or used invitation. Check the code or ask whoever invited you for another.",
)
INVITATION_LOGIN_TAKEN = _kind(
    "invitation_login_taken",
    Category.CONFLICT,
    "Este e-mail já é usado por um paciente para entrar. Peça um convite para outro e-mail.",
    "This e-mail is already what a patient signs in with. Ask for an invitation to another e-mail.",
)

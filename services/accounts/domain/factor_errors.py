"""Every way in which giving somebody a way back can fail, each with the next step for whoever vouches."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


VOUCH_CONFIRM_FIRST = _kind(
    "step_up_required",
    Category.FORBIDDEN,
    "Confirme que é você antes de retirar a segunda etapa de outra pessoa.",
    "Confirm that it is you before removing another person's second step.",
)
OWN_FACTORS = _kind(
    "own_factors",
    Category.FORBIDDEN,
    "Ninguém se identifica a si mesmo. Peça a outra pessoa da administração.",
    "Nobody vouches for himself. Ask another administrator.",
)
NOBODY_VOUCHES = _kind(
    "nobody_vouches",
    Category.CONFLICT,
    "Só você administra a clínica: ninguém poderia identificar você. Convide outra pessoa para a administração e "
    "guarde novos códigos de recuperação em papel.",
    "You alone administrate the clinic: nobody could vouch for you. Invite another administrator, and keep new "
    "recovery codes on paper.",
)
NO_FACTORS = _kind(
    "no_factors",
    Category.CONFLICT,
    "Esta pessoa não tem aplicativo autenticador nem chave de acesso a retirar. Ela entra com a senha e o código "
    "enviado ao contato.",
    "This person has neither authenticator app nor passkey to remove. The way in is the password and the code sent "
    "to the contact.",
)
ANOTHER_CLINIC_VOUCHES = _kind(
    "another_clinic_vouches",
    Category.FORBIDDEN,
    "Esta pessoa entrou antes por outra clínica: só ela pode identificá-la. Oriente a pessoa a procurá-la.",
    "This person came in by another clinic first: only that one can vouch. Send the person there.",
)
ANOTHER_HAND = _kind(
    "another_hand",
    Category.FORBIDDEN,
    "Quem mudou o contato desta pessoa não retira a segunda etapa dela, nem o contrário. Peça a um colega.",
    "Whoever changed this person's contact does not remove the second step too, nor the other way round. Ask a "
    "colleague.",
)
NO_CONFIRMED_CONTACT = _kind(
    "no_confirmed_contact",
    Category.CONFLICT,
    "Não há contato confirmado para o código da volta. Troque ou confirme antes o contato da pessoa.",
    "There is no confirmed contact for the code of the return. Change or confirm the person's contact first.",
)

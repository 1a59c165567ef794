"""Every way in which registering or merging a duplicate can fail, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


POSSIBLE_DUPLICATE = _kind(
    "possible_duplicate",
    Category.CONFLICT,
    "Já existe um paciente com este nome e esta data de nascimento. Abra o cadastro; se for outra pessoa, confirme.",
    "A patient with this name and birth date exists. Open the record; if it is somebody else, confirm that.",
)
MERGE_SAME = _kind(
    "merge_same",
    Category.INVALID,
    "Escolha dois cadastros diferentes.",
    "Choose two different records.",
)
MERGE_TAKEN = _kind(
    "merge_taken",
    Category.CONFLICT,
    "Um destes cadastros já foi unificado com outro. Desfaça a unificação anterior antes.",
    "One of these records was merged already. Undo that merge first.",
)
MERGE_DIFFERENT = _kind(
    "merge_different",
    Category.CONFLICT,
    "CPF, CNS, data de nascimento ou sexo diferem: não é a mesma pessoa, ou um deles precisa ser corrigido antes.",
    "CPF, CNS, birth date or sex differ: not the same person, or one of them has to be corrected first.",
)
MERGE_WRONG_WAY = _kind(
    "merge_wrong_way",
    Category.CONFLICT,
    "O cadastro com CPF é o que deve ficar. Escolha-o como o principal.",
    "The record with a CPF has to remain. Choose it as the one that stays.",
)
MERGE_OWN_PROPOSAL = _kind(
    "merge_own_proposal",
    Category.FORBIDDEN,
    "Quem propôs a unificação não pode confirmá-la. Peça a outra pessoa da administração.",
    "Whoever proposed the merge cannot confirm it. Ask another administrator.",
)
MERGE_CLOSED = _kind(
    "merge_closed",
    Category.CONFLICT,
    "Esta unificação já foi decidida. Recarregue a página.",
    "This merge was decided already. Reload the page.",
)
MERGE_OPEN = _kind(
    "merge_open",
    Category.CONFLICT,
    "Já existe uma unificação em aberto para este cadastro.",
    "There is an open merge for this record already.",
)
REASON_SHORT = _kind(
    "reason_short",
    Category.INVALID,
    "Escreva o motivo com 3 a 300 caracteres, sem dados de saúde.",
    "Write the reason in 3 to 300 characters, without health data.",
)


def checked_reason(text: str) -> str:
    reason = text.strip()
    if not 3 <= len(reason) <= 300:
        raise REASON_SHORT.error(field="reason")
    return reason

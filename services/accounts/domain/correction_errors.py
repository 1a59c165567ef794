"""Every way in which a correction can fail, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


VALUE_MISSING = _kind(
    "value_missing",
    Category.INVALID,
    "Escreva como deve ficar.",
    "Write how it should read.",
)
SEX_UNKNOWN = _kind(
    "sex_unknown",
    Category.INVALID,
    "Escolha uma das opções da lista.",
    "Choose one of the options of the list.",
)
CORRECTION_SAME = _kind(
    "correction_same",
    Category.INVALID,
    "O cadastro já está assim. Escolha outro campo ou escreva o valor certo.",
    "The record already reads like this. Choose another field or write the right value.",
)
CORRECTION_OPEN = _kind(
    "correction_open",
    Category.CONFLICT,
    "Já há um pedido em andamento para este campo. Espere a resposta da clínica.",
    "There is a request under way for this field. Wait for the clinic's answer.",
)
CORRECTION_CLOSED = _kind(
    "correction_closed",
    Category.CONFLICT,
    "Este pedido já foi respondido. Recarregue a página.",
    "This request was answered already. Reload the page.",
)
CORRECTION_OUTDATED = _kind(
    "correction_outdated",
    Category.CONFLICT,
    "O cadastro mudou depois deste pedido. Recuse-o e peça ao paciente que faça outro, se ainda for preciso.",
    "The record changed after this request. Refuse it and ask the patient for another, if it is still needed.",
)

"""Every way in which asking for erasure or deciding about it can fail, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


ERASURE_OF_STAFF = _kind(
    "erasure_of_staff",
    Category.CONFLICT,
    "Você trabalha em uma clínica com esta conta. Peça à administração que encerre o acesso e tente de novo.",
    "You work in a clinic with this account. Ask its administrators to end your access and try again.",
)
ERASURE_OF_MERGED = _kind(
    "erasure_of_merged",
    Category.CONFLICT,
    "Seu cadastro foi unificado com outro. Entre com a outra conta, ou peça à clínica.",
    "Your record was merged with another. Sign in with the other account, or ask the clinic.",
)
ERASURE_CLOSED = _kind(
    "erasure_closed",
    Category.CONFLICT,
    "Este pedido já foi cumprido ou retirado. Nada mudou; recarregue a página.",
    "This request was carried out or withdrawn already. Nothing changed; reload the page.",
)
KEEP_UNTIL = _kind(
    "keep_until",
    Category.INVALID,
    "Escolha até quando manter: um dia depois do fim do prazo do pedido e no máximo daqui a 20 anos.",
    "Choose until when to keep it: a day after the request's waiting period and at most 20 years from now.",
)
ERASURE_OPEN = _kind(
    "erasure_open",
    Category.CONFLICT,
    "Já existe um pedido em andamento. Recarregue a página para vê-lo.",
    "There is a request under way already. Reload the page to see it.",
)
RECEIPT_UNKNOWN = _kind(
    "receipt_unknown",
    Category.NOT_FOUND,
    "Nenhum recibo tem este código. Confira os 4 grupos de 4 letras e números.",
    "No receipt has this code. Check the 4 groups of 4 letters and numbers.",
)
CONFIRM_ERASURE = _kind(
    "step_up_required",
    Category.FORBIDDEN,
    "Confirme que é você antes de pedir para apagar seus dados.",
    "Confirm that it is you before asking to erase your data.",
)

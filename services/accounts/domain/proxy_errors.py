"""How a proxy can be refused, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


PROXY_GIVER_TOO_YOUNG = _kind(
    "proxy_giver_too_young",
    Category.FORBIDDEN,
    "Só pessoas com 18 anos completos no cadastro podem dar acesso a outra pessoa. Fale com a clínica.",
    "Only people of 18 or more on record can give access to somebody else. Talk to the clinic.",
)
PROXY_END = _kind(
    "proxy_end",
    Category.INVALID,
    "Escolha uma data final no futuro, até um ano a partir de hoje.",
    "Choose an end date in the future, at most one year from today.",
)
PROXY_LABEL = _kind(
    "proxy_label",
    Category.INVALID,
    "Escreva com 2 a 60 caracteres como você chama esta pessoa.",
    "Write in 2 to 60 characters how you call this person.",
)
PROXY_IS_SELF = _kind(
    "proxy_is_self",
    Category.INVALID,
    "Este é o seu próprio cadastro: você já vê os seus exames.",
    "This is your own record: you see your exams already.",
)
NOT_A_MINOR = _kind(
    "not_a_minor",
    Category.INVALID,
    "Este paciente já tem 18 anos: ele mesmo dá acesso a quem quiser, no portal.",
    "This patient is 18 already: the patient gives access in the portal.",
)
GUARDIAN_TOO_YOUNG = _kind(
    "guardian_too_young",
    Category.INVALID,
    "O responsável precisa ter 18 anos completos. Confira o cadastro dele.",
    "The guardian must be 18 or older. Check the guardian's record.",
)

"""Every way in which an answer to a text can fail, each with the next step for the person."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


CONSENT_ACT = _kind(
    "consent_act",
    Category.INVALID,
    "Termos e avisos são lidos (acknowledged); consentimentos são dados ou retirados (given, withdrawn).",
    "Terms and notices are read (acknowledged); consents are given or withdrawn (given, withdrawn).",
)
TEXT_OUTDATED = _kind(
    "text_outdated",
    Category.CONFLICT,
    "Este texto mudou. Recarregue a página, leia a nova versão e responda de novo.",
    "This text has changed. Reload the page, read the new version and answer again.",
)
TEXT_UNKNOWN = _kind(
    "text_unknown",
    Category.NOT_FOUND,
    "Não há texto com esta versão. Abra a lista em Privacidade.",
    "There is no text with this version. Open the list under Privacy.",
)
CHILD_CONSENT = _kind(
    "child_consent",
    Category.FORBIDDEN,
    "Antes dos 12 anos, quem consente é o responsável. Peça a ele que entre na própria conta e responda por você.",
    "Before the age of 12 the guardian consents. Ask them to sign in to their own account and answer for you.",
)

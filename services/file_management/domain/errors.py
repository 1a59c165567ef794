"""What can go wrong here, in the words a person gets."""

from services.shared.kernel.errors import Category, ErrorKind

FILE_NOT_FOUND = ErrorKind(
    "files.not_found",
    Category.NOT_FOUND,
    "Não encontramos este documento. Volte ao exame e abra o documento por lá.",
    "We could not find this document. Go back to the exam and open the document from there.",
)


STEP_UP_REQUIRED = ErrorKind(
    "files.step_up_required",
    Category.FORBIDDEN,
    "Este documento pede uma segunda confirmação da sua identidade. Confirme e tente de novo.",
    "This document asks for a second proof of your identity. Confirm it and try again.",
)


class ReportCheckFailed(Exception):
    """What stands on paper differs from the data: the report must not be signed."""


class SignatureBroken(Exception):
    """The signature just made does not verify: the report must not be stored."""


class SnapshotUnfit(Exception):
    """The snapshot fetched is not the one asked for."""

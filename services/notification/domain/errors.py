"""The ways in which a request to this service can fail, besides the kernel's."""

from services.shared.kernel.errors import Category, ErrorKind

DELIVERY_NOT_FOUND = ErrorKind(
    "notification.not_found",
    Category.NOT_FOUND,
    "Não encontramos este aviso. Volte à lista de avisos.",
    "We could not find this notification. Go back to the list of notifications.",
)

"""Every way in which machine clients, their secrets and their tokens can fail, each with the next step."""

from services.shared.kernel.errors import Category, ErrorKind


def _kind(code: str, category: Category, pt: str, en: str) -> ErrorKind:
    return ErrorKind(f"accounts.{code}", category, pt, en)


CLIENT_NAME_INVALID = _kind(
    "client_name_invalid",
    Category.INVALID,
    "Dê um nome de até 80 caracteres, por exemplo o do sistema que vai se conectar.",
    "Give a name of at most 80 characters, for example that of the system that will connect.",
)
SCOPES_INVALID = _kind(
    "scopes_invalid",
    Category.INVALID,
    "Escolha ao menos uma permissão da lista.",
    "Choose at least one permission of the list.",
)
CLIENT_ENDED = _kind(
    "client_ended",
    Category.CONFLICT,
    "Esta integração foi encerrada e não volta. Cadastre outra.",
    "This integration has ended and does not come back. Register another one.",
)
ROTATION_OPEN = _kind(
    "rotation_open",
    Category.CONFLICT,
    "O segredo anterior ainda funciona. Encerre-o antes de gerar outro.",
    "The previous secret still works. End it before making another one.",
)
NO_PREVIOUS_SECRET = _kind(
    "no_previous_secret",
    Category.CONFLICT,
    "Não há segredo anterior em uso. Recarregue a página.",
    "There is no previous secret in use. Reload the page.",
)
SECRET_SHOWN = _kind(
    "secret_shown",
    Category.CONFLICT,
    "A integração já foi cadastrada e o segredo já apareceu uma vez. Se você não o guardou, gere outro.",
    "The integration was registered already and its secret was shown once. If you did not keep it, make another one.",
)
CONFIRM_FIRST = _kind(
    "step_up_required",
    Category.FORBIDDEN,
    "Confirme que é você antes de mudar uma integração.",
    "Confirm that it is you before changing an integration.",
)
TOKEN_REQUEST_INVALID = _kind(
    "token_request_invalid",
    Category.MALFORMED,
    "O pedido de token está incompleto, repete um parâmetro ou apresenta o cliente de duas formas.",
    "The token request lacks a parameter, repeats one, or presents the client in two ways.",
)

"""Where to go after signing in: a path of this portal, never another site."""

from urllib.parse import urlsplit

HOME = "/"
_NOT_AFTER_SIGN_IN = (
    "/entrar",
    "/sair",
    "/idioma",
    "/primeiro-acesso",
    "/esqueci-a-senha",
    "/confirmar",
    "/static",
)


def safe_path(wanted: str | None) -> str:
    """Return `wanted` when it is a plain path of ours, else the home page."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME
    if "\\" in wanted or any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in wanted):
        return HOME
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path.startswith(_NOT_AFTER_SIGN_IN):
        return HOME
    return wanted

"""The e-mail's HTML alternative: one column, real text, no images, nothing loaded from elsewhere."""

from html import escape

from services.notification.domain.rendering import EmailMessage

_FOOTER_PT = "Você recebe este aviso porque tem cadastro em {clinic}. Escolha como ser avisado: "
_FOOTER_EN = "You get this message because you are registered with {clinic}. Choose how to be told: "
_SECURITY_PT = "Aviso de segurança de {clinic}."
_SECURITY_EN = "Security message from {clinic}."
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{subject}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#1a1a1a;font:16px/1.5 Arial,sans-serif">
<main style="max-width:34em;margin:0 auto"><h1 style="font-size:20px">{subject}</h1>
<p>{body}</p>
<p style="color:#595959;font-size:14px">{footer}</p></main></body></html>"""


def html_body(message: EmailMessage, preferences_url: str) -> str:
    """Return the page. Everything that comes from people is escaped; the portal's address becomes a link."""
    english = message.locale.lower().startswith("en")
    url = escape(message.url)
    return _PAGE.format(
        lang="en" if english else "pt-BR",
        subject=escape(message.subject),
        body=escape(message.text).replace(url, _link(url)),
        footer=_footer(message, english).format(clinic=escape(message.clinic_name))
        + (_link(escape(preferences_url)) if message.may_be_declined else ""),
    )


def _link(url: str) -> str:
    return f'<a href="{url}">{url}</a>'


def _footer(message: EmailMessage, english: bool) -> str:
    if message.may_be_declined:
        return _FOOTER_EN if english else _FOOTER_PT
    return _SECURITY_EN if english else _SECURITY_PT

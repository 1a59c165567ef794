"""What staff see of identifiers and contacts in a list: enough to recognise, too little to use."""


def mask_cpf(cpf: str | None) -> str | None:
    """`***.456.789-**`: the six digits in the middle, as Brazilian public bodies show it."""
    return f"***.{cpf[3:6]}.{cpf[6:9]}-**" if cpf else None


def mask_email(email: str | None) -> str | None:
    """`m***@exemplo.com.br`."""
    if not email:
        return None
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


def mask_phone(e164: str | None) -> str | None:
    """The country code's first digits and the last four, e.g. `+55*******4321`."""
    return f"{e164[:3]}{'*' * (len(e164) - 7)}{e164[-4:]}" if e164 else None

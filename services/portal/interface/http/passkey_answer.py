"""What a device answered to a challenge, as the page's script sends it."""

import json
from typing import Any

from services.portal.application.ports import Json
from services.portal.application.problems import ApiProblem
from services.portal.interface.http.texts import text
from services.portal.interface.http.visit import Form, Visit

_LONGEST = 20_000


def credential_of(visit: Visit, form: Form) -> Json:
    """Return the answer; accounts checks it. What is no JSON object came without the script."""
    typed = form.get("credential")
    try:
        answer: Any = json.loads(typed) if len(typed) <= _LONGEST else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ApiProblem(422, "portal.no_passkey", text(visit.locale, "passkey.not_sent"))
    return answer

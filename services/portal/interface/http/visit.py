"""One request of one visitor: who they are, what language they read, and how to answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.portal.application.ports import Caller
from services.portal.application.session import Session
from services.portal.application.sessions import new_session_id
from services.portal.interface.http.come_back import page_of
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.http.callers import address_of

if TYPE_CHECKING:
    from services.portal.interface.http.portal import Portal

SESSION_COOKIE = "laudo_session"
LANGUAGE_COOKIE = "laudo_lang"
NOTICE_COOKIE = "laudo_notice"
DEVICE_COOKIE = "laudo_device"
_YEAR_S = 365 * 24 * 3600
_TOKEN_LENGTH = range(20, 100)


class Blanks(dict[str, str]):
    """What was typed, or is wrong, by field: nothing where nothing is known."""

    def __missing__(self, _: str) -> str:
        return ""


@dataclass(slots=True)
class Visit:
    request: Request
    portal: "Portal"
    visitor_id: str
    is_new: bool
    locale: str
    session: Session | None = None

    @property
    def caller(self) -> Caller:
        """On whose behalf the services are asked: for five minutes after confirming, with the word of it."""
        if self.session is None:
            return self.caller_with(None)
        stepped = self.portal.sessions.stepped_up_token(self.session)
        return self.caller_with(stepped or self.session.access_token)

    def caller_with(self, token: str | None) -> Caller:
        agent = self.request.headers.get("user-agent", "")
        return Caller(self.locale, token, address_of(self.request), agent)

    @property
    def signed_in(self) -> Session:
        """The session of a page that only signed-in people reach."""
        if self.session is None:
            raise LookupError("nobody is signed in")
        return self.session

    @property
    def device(self) -> str:
        """The token by which accounts knows this browser again: the cookie's, or a new one."""
        kept = self.request.cookies.get(DEVICE_COOKIE, "")
        if len(kept) in _TOKEN_LENGTH and kept.isascii():
            return kept
        if not hasattr(self.request.state, "device"):
            self.request.state.device = new_session_id()
        return str(self.request.state.device)

    @property
    def is_htmx(self) -> bool:
        return self.request.headers.get("hx-request") == "true"

    def has(self, *roles: Role) -> bool:
        return self.session is not None and self.session.account.has(*roles)

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """Render a page, or the part of one that htmx asked for."""
        notice = self.request.cookies.get(NOTICE_COOKIE)
        body = self.portal.pages.render(
            template,
            self.locale,
            path=self.request.url.path,
            back=page_of(self.request),
            account=self.session.account if self.session else None,
            csrf=self.portal.csrf.of(self.visitor_id),
            notice=notice if notice in self.portal.notices else None,
            once=new_id,
            Role=Role,
            **{
                name: Blanks(value) if name in ("typed", "errors") else value
                for name, value in context.items()
            },
        )
        response = HTMLResponse(body, status, headers={"Vary": "Cookie, HX-Request"})
        if notice is not None and not self.is_htmx:
            response.delete_cookie(NOTICE_COOKIE, path="/")
        return self._known(response)

    def go(self, path: str, notice: str | None = None) -> Response:
        """Send the browser to another page (303: with GET), with a sentence to show there once."""
        if self.is_htmx:
            response: Response = Response(status_code=204, headers={"HX-Redirect": path})
        else:
            response = RedirectResponse(path, 303)
        if notice is not None:
            self._cookie(response, NOTICE_COOKIE, notice, max_age=60)
        return self._known(response)

    def speak(self, response: Response, locale: str) -> None:
        self._cookie(response, LANGUAGE_COOKIE, locale, max_age=_YEAR_S)

    def become(self, response: Response, session_id: str) -> Response:
        """Hand the browser a new opaque id; it ends with the browser, or when the portal forgets it."""
        self._cookie(response, SESSION_COOKIE, session_id)
        return response

    def remember_device(self, response: Response) -> Response:
        """Once somebody signed in here, strangers who fail elsewhere do not keep this browser waiting."""
        self._cookie(response, DEVICE_COOKIE, self.device, max_age=_YEAR_S)
        return response

    def go_on_as(self, session: Session) -> None:
        """Use a session that got a new id; every answer from now on hands it to the browser."""
        self.session, self.visitor_id, self.is_new = session, session.id, True

    def _known(self, response: Response) -> Response:
        return self.become(response, self.visitor_id) if self.is_new else response

    def _cookie(self, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        response.set_cookie(
            name, value, max_age, path="/", secure=self.portal.https, httponly=True, samesite="lax"
        )


@dataclass(frozen=True, slots=True)
class Form:
    """What a person typed, already checked for its token. Missing fields are empty."""

    fields: Mapping[str, list[str]]

    def get(self, name: str) -> str:
        values = self.fields.get(name) or [""]
        return values[-1].strip()

    def raw(self, name: str) -> str:
        """A field whose blanks count: a password."""
        return (self.fields.get(name) or [""])[-1]

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self.fields.get(name, []) if value.strip()]

    def starting(self, prefix: str) -> dict[str, str]:
        return {name[len(prefix) :]: self.get(name) for name in self.fields if name.startswith(prefix)}

    @property
    def key(self) -> str:
        """The form's one-time key: a double click sends it twice and makes one thing."""
        return self.get("once") or str(new_id())

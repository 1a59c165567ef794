"""Fields for passwords hide what is typed and stand in no password manager's way (ASVS 5.0, 6.2.6, 6.2.7, 6.2.9)."""

import re
from collections.abc import Awaitable, Callable

import pytest

from services.portal.interface.http.rendering import STATIC
from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import CLINIC_A, PATIENT
from tests.unit.portal.fake.staff import INVITATION_CODE

Way = Callable[[Browser], Awaitable[object]]


async def sign_in(browser: Browser) -> None:
    await browser.open("/entrar")


async def first_access(browser: Browser) -> None:
    await browser.open("/primeiro-acesso")
    await browser.send("/primeiro-acesso", {"login": PATIENT})


async def reset(browser: Browser) -> None:
    await browser.open("/esqueci-a-senha")
    await browser.send("/esqueci-a-senha", {"login": PATIENT})


async def sign_up(browser: Browser) -> None:
    await browser.open("/criar-conta")
    typed = {"name": "Ana Lima", "birth_date": "1988-02-17", "email": "nova@teste.test"}
    await browser.send("/criar-conta", typed | {"clinic_id": CLINIC_A["id"]})


async def invitation(browser: Browser) -> None:
    await browser.open("/convite")
    await browser.send("/convite", {"invitation_code": INVITATION_CODE})


async def change(browser: Browser) -> None:
    await browser.sign_in(PATIENT)
    await browser.open("/conta/seguranca")


WAYS: dict[str, tuple[Way, list[str]]] = {
    "sign in": (sign_in, ["current-password"]),
    "first access": (first_access, ["new-password", "new-password"]),
    "reset": (reset, ["new-password", "new-password"]),
    "sign up": (sign_up, ["new-password", "new-password"]),
    "invitation": (invitation, ["new-password", "new-password"]),
    "change": (change, ["current-password", "new-password", "new-password"]),
}


@pytest.mark.parametrize("name", WAYS)
async def test_a_password_is_hidden_named_for_managers_and_of_any_length(browser: Browser, name: str) -> None:
    way, kinds = WAYS[name]
    await way(browser)
    assert browser.page.status_code == 200
    fields = [
        field
        for field in re.findall(r"<input[^>]*>", browser.page.text)
        if 'type="password"' in field or re.search(r'name="(password|repeated|old|new)"', field)
    ]
    assert [re.findall(r'autocomplete="([^"]+)"', field) for field in fields] == [[kind] for kind in kinds]
    for field in fields:
        assert 'type="password"' in field
        assert 'value=""' in field
        assert not re.search(r"maxlength|pattern|readonly|\son[a-z]+=", field)


def test_no_script_of_ours_listens_to_pasting_or_typing_in_passwords() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in STATIC.glob("*.js") if "htmx" not in path.name]
    assert len(scripts) == 2
    for script in scripts:
        assert not re.search(r"paste|clipboardData|readText|contextmenu", script, re.IGNORECASE)

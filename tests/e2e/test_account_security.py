"""Account security in the browser: a passkey of a virtual authenticator, an authenticator app, recovery codes, devices.

The people here are used by no other test of the browser: what they set up stays theirs.
"""

import asyncio
import re
import time

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.people import Someone, sign_in
from tests.support.live import LiveSystem

SECURITY = "/conta/seguranca"


def patient_number(live_system: LiveSystem, number: int) -> Someone:
    patients = [one for one in live_system.people if one["kind"] == "patient"]
    return Someone.of(patients[number])


async def code_sent_to(live_system: LiveSystem, someone: Someone, known: set[str]) -> str:
    """Wait for a code in the outbox that was not there before."""
    for _ in range(240):
        for message in live_system.outbox():
            found = re.search(r"\b(\d{6})\b", message["text"])
            if message["to"] == someone.login and found and message["text"] not in known:
                return found[1]
        await asyncio.sleep(0.25)
    raise AssertionError("no code came")


async def confirm_by_message(page: Page, live_system: LiveSystem, someone: Someone) -> None:
    """Prove the contact, as a patient without an app does."""
    known = {message["text"] for message in live_system.outbox()}
    await page.goto(f"/confirmar?next={SECURITY}")
    await page.click("form[action='/confirmar/envio'] button")
    await page.fill("#f-code", await code_sent_to(live_system, someone, known))
    await page.click("form[action='/confirmar'] button")
    await page.wait_for_url(f"**{SECURITY}")


async def with_authenticator(page: Page) -> None:
    """Give the browser an authenticator that checks its person, as a telephone does (Chrome DevTools, WebAuthn)."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    traits = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": traits})


async def leave(page: Page) -> None:
    await page.goto("/conta")
    await page.click("main form[action='/sair'] button")
    await page.wait_for_url("**/entrar")


async def test_a_passkey_is_created_signs_in_alone_and_confirms(
    open_page: OpenPage, live_system: LiveSystem
) -> None:
    someone = patient_number(live_system, 4)
    page = await open_page()
    await with_authenticator(page)
    await sign_in(page, someone)
    await confirm_by_message(page, live_system, someone)
    await page.fill("form[data-passkey='create'] input[name='name']", "Celular")
    await page.click("form[data-passkey='create'] button")
    await page.wait_for_selector("#recovery-codes")
    await page.click("main a.button")
    await expect(page.locator("main")).to_contain_text("Celular")
    await leave(page)
    await page.click("form[action='/entrar/chave'] button")
    await page.wait_for_selector("details.menu")
    await page.goto(f"/confirmar?next={SECURITY}")
    await page.click("form[action='/confirmar/chave'] button")
    await page.wait_for_url(f"**{SECURITY}")
    await expect(page.locator("form[data-passkey='create']")).to_be_visible()


async def test_a_passkey_is_the_second_step_after_the_password(
    open_page: OpenPage, live_system: LiveSystem
) -> None:
    someone = patient_number(live_system, 6)
    page = await open_page(viewport=PHONE)
    await with_authenticator(page)
    await sign_in(page, someone)
    await confirm_by_message(page, live_system, someone)
    await page.fill("form[data-passkey='create'] input[name='name']", "Telefone")
    await page.click("form[data-passkey='create'] button")
    await page.wait_for_selector("#recovery-codes")
    await leave(page)
    await page.fill("#f-login", someone.login)
    await page.fill("#f-password", someone.password)
    await page.click("form[action='/entrar'] button")
    await page.click("form[action='/entrar/codigo/chave'] button")
    await page.wait_for_selector("details.menu")


async def test_an_authenticator_app_is_set_up_and_a_recovery_code_stands_in_for_it(
    open_page: OpenPage, live_system: LiveSystem
) -> None:
    someone = patient_number(live_system, 5)
    page = await open_page()
    await sign_in(page, someone)
    await confirm_by_message(page, live_system, someone)
    await page.click(f"a[href='{SECURITY}/aplicativo']")
    assert await page.locator("img.qr").evaluate("picture => picture.naturalWidth") > 100
    await page.click("details summary >> text=Não consegue")
    secret = (await page.inner_text("#secret")).replace(" ", "")
    await page.fill("#f-code", pyotp.TOTP(secret).at(int(time.time())))
    await page.click("main form button")
    codes = await page.locator("#recovery-codes li").all_inner_texts()
    assert len(set(codes)) == 10
    await page.click("main a.button")
    await leave(page)
    for code, works in ((codes[0], True), (codes[0], False), (codes[1], True)):
        await page.goto("/entrar")
        await page.fill("#f-login", someone.login)
        await page.fill("#f-password", someone.password)
        await page.click("form[action='/entrar'] button")
        await page.click("a[href$='forma=recovery_code']")
        await page.fill("#f-code", code)
        await page.click("form[action='/entrar/codigo'] button")
        if works:
            await page.wait_for_selector("details.menu")
            await leave(page)
        else:
            await expect(page.locator("main .note.bad[data-focus]")).to_contain_text("já usado")


@pytest.mark.parametrize("viewport", [None, PHONE])
async def test_a_device_is_seen_on_the_list_and_signed_out_from_afar(
    open_page: OpenPage, live_system: LiveSystem, viewport: dict[str, int] | None
) -> None:
    someone = patient_number(live_system, 3)
    page = await open_page(**({"viewport": viewport} if viewport else {}))
    other = await open_page(
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    await sign_in(page, someone)
    await sign_in(other, someone)
    await page.goto(SECURITY)
    shown = page.locator("li", has_text="Firefox, Linux").first
    await shown.locator("button").click()
    await expect(page.locator("main")).to_contain_text("Aparelho desconectado.")
    for _ in range(240):
        await other.goto("/exames")
        if "/entrar" in other.url:
            return
        await asyncio.sleep(0.25)
    raise AssertionError("the device is still signed in")

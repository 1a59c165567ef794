"""A program is let in, works, and is stopped; an auditor finds an emergency access, marked, and takes a file along."""

import asyncio

import httpx
from playwright.async_api import Page, expect

from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.people import Someone, prove
from tests.support.live import LiveSystem

_INTEGRATIONS = "/equipe/integracoes"


async def _confirmed(page: Page, someone: Someone, path: str) -> None:
    await page.goto(path)
    if "/confirmar" in page.url:
        await prove(page, someone, f"/confirmar?next={path}")
    assert page.url.endswith(path)


async def test_an_administrator_lets_a_program_in_and_stops_it_everywhere_at_once(
    open_page: OpenPage, live_system: LiveSystem, administrator: Someone
) -> None:
    page = await open_page(administrator)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await _confirmed(page, administrator, f"{_INTEGRATIONS}/nova")
    await page.fill("#f-name", "LIS de demonstração")
    await page.check("input[value='catalogue:read']")
    await page.click("button:has-text('Cadastrar e mostrar o segredo')")
    await page.click("[data-copy=client-secret]")
    await expect(page.locator("[data-copy=client-secret]")).to_have_text("Copiado")
    secret = await page.evaluate("navigator.clipboard.readText()")
    assert secret == await page.input_value("#client-secret")
    known = (await page.input_value("#client-id"), secret)

    async with httpx.AsyncClient(base_url=live_system.url, timeout=30) as program:
        asked = {"grant_type": "client_credentials"}
        granted = await program.post("/api/v1/accounts/oauth/token", data=asked, auth=known)
        assert (granted.status_code, granted.json()["scope"]) == (200, "catalogue:read")
        bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}

        async def catalogue() -> int:
            return (await program.get("/api/v1/exams/catalogue", headers=bearer)).status_code

        assert await catalogue() == 200
        await page.click("a:has-text('Já guardei')")
        await page.click("button:has-text('Suspender')")
        await expect(page.locator("main")).to_contain_text("Integração suspensa.")
        async with asyncio.timeout(60):
            while await catalogue() != 401:  # another service hears of it through Valkey
                await asyncio.sleep(0.05)
        refused = await program.post("/api/v1/accounts/oauth/token", data=asked, auth=known)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


async def test_an_auditor_finds_an_emergency_access_and_takes_the_file_along(
    open_page: OpenPage, live_system: LiveSystem, doctor: Someone, auditor: Someone
) -> None:
    record = live_system.person("patient")["records"][0]
    page = await open_page(doctor)
    await _confirmed(page, doctor, "/emergencia")
    await page.fill("#f-record_number", record["record_number"])
    await page.fill("#f-reason", "Paciente inconsciente no pronto-socorro, sem acompanhante.")
    await page.click("main form button")
    await page.wait_for_url("**/emergencia/*")

    page = await open_page(auditor)
    await page.goto("/auditoria")
    await page.check("[name=emergencies]")
    await page.fill("#f-record_number", record["record_number"])
    await page.click("main form button")
    first = page.locator("li.marked").last
    await expect(first).to_contain_text(record["record_number"])
    assert await page.locator(".told li").count() == await page.locator("li.marked").count() > 0
    assert live_system.person("patient")["name"] not in await page.inner_text("main")
    async with page.expect_download() as started:
        await page.click("a[download]")
    file = await (await started.value).path()
    assert "emergency.open" in file.read_text("utf-8-sig")
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

"""The main job, step by step, as people do it in the browser. Every step works with and without JavaScript."""

import re
import time
from dataclasses import dataclass
from itertools import count

from playwright.async_api import Page, expect

from tests.e2e.people import Someone, prove

# What the technician types, in the table's own order.
BLOOD_COUNT = {
    "RBC": "4,21",
    "HGB": "11,4",
    "HCT": "36,2",
    "MCV": "86,0",
    "MCH": "27,1",
    "MCHC": "31,5",
    "RDW": "14,2",
    "WBC": "7,80",
    "NEUT": "4,60",
    "NEUTP": "59,0",
    "LYM": "2,40",
    "LYMP": "30,8",
    "MONO": "0,56",
    "EOS": "0,19",
    "BASO": "0,05",
    "PLT": "263",
    "MPV": "9,8",
}
_numbers = count(int(time.time()))


@dataclass(frozen=True)
class Exam:
    id: str
    protocol: str


async def order(page: Page, patient: Someone, *, urgent: bool = False) -> Exam:
    """Find the patient, choose the blood count, and read the protocol."""
    await page.goto("/pacientes")
    await page.fill("#f-q", patient.name)
    await page.press("#f-q", "Enter")
    await page.click(f"#found a:has-text('{patient.name}')")
    await page.click("a.button[href$='/exames/novo']")
    await page.check("input[name=code][value=HEMO]")
    await page.check(f"input[value={'urgent' if urgent else 'routine'}]")
    await page.fill("#f-clinical_note", "Cansaço há duas semanas.")
    await page.click("main form button:not(.second)")
    await page.wait_for_url(re.compile(r"/exames/[0-9a-f-]{36}/registrado$"))
    return Exam(page.url.split("/")[-2], await page.inner_text("[data-protocol]"))


async def collect(page: Page, exam: Exam) -> None:
    await page.goto(f"/exames/{exam.id}")
    await page.check("input[value=name]")
    await page.check("input[value=birth_date]")
    await page.fill("#f-barcode", f"AM-{next(_numbers)}")
    await page.click("form[action$='/coleta'] button")
    await page.click("form[action$='/analise'] button")
    await page.wait_for_url(f"**/exames/{exam.id}/valores")


async def type_values(page: Page, values: dict[str, str]) -> None:
    """Fill the whole table and save it."""
    for code, value in values.items():
        await page.fill(f"#v-{code}", value)
    await page.click("form[action$='/valores'] button")
    await page.wait_for_load_state()


async def complete(page: Page, exam: Exam) -> None:
    for box in await page.locator("input[name=criticals_repeated]").all():
        await box.check()
    await page.click("form[action$='/conclusao'] button")
    await page.wait_for_url(f"**/exames/{exam.id}")


async def release(page: Page, exam: Exam, releaser: Someone) -> None:
    await page.goto(f"/exames/{exam.id}/liberacao")
    if await page.locator("#f-code").count():
        await prove(page, releaser, "/liberacao")
    else:
        await page.click("main form button:not(.second)")
    await page.wait_for_url(f"**/exames/{exam.id}/andamento")


async def wait_until_open(page: Page, exam: Exam, *, reloading: bool = False) -> None:
    """Look at the steps until the report is signed and open; without JavaScript a person reloads the page."""
    for _ in range(240):
        if await page.locator("[data-settled=yes]").count():
            return
        await page.wait_for_timeout(500)
        if reloading:
            await page.goto(f"/exames/{exam.id}/andamento")
    raise AssertionError(f"the report did not open: {await page.inner_text('main')}")


async def fits(page: Page) -> None:
    """Nothing sticks out sideways."""
    overhang = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overhang <= 0, f"{page.url} is {overhang} px too wide"


async def shows(page: Page, *words: str) -> None:
    for word in words:
        await expect(page.locator("main")).to_contain_text(word)

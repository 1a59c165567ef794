"""The profile of the signed-in person is in the session: pages do not ask accounts for it (ADR 0021)."""

import pytest

from tests.unit.portal.browser import Browser
from tests.unit.portal.fake.people import ADMINISTRATOR, PATIENT, RECEPTIONIST
from tests.unit.portal.fake.state import World


@pytest.mark.parametrize(
    ("who", "path", "reads"),
    [
        (PATIENT, "/exames", 0),
        (PATIENT, "/conta/seguranca", 0),
        (PATIENT, "/conta", 1),
        (RECEPTIONIST, "/pacientes", 0),
        (ADMINISTRATOR, "/equipe", 0),
    ],
)
async def test_a_page_asks_for_the_profile_only_where_it_shows_all_of_it(
    browser: Browser, world: World, who: str, path: str, reads: int
) -> None:
    await browser.sign_in(who)
    world.calls.clear()
    assert (await browser.open(path)).status_code == 200
    assert [call.url.endswith("/accounts/me") for call in world.calls].count(True) == reads

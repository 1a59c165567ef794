"""An administrator finds what a service could not apply, sends it back, and discards what can never succeed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect

from infra.local.provision.clients import AwsAccount
from services.shared.contracts.accounts import AccountDeleted
from services.shared.kernel.ids import new_id
from services.shared.platform.messaging.envelope import new_message
from services.shared.platform.topology import load_topology
from tests.e2e import job
from tests.e2e.conftest import PHONE, OpenPage
from tests.e2e.people import Someone
from tests.support.live import LiveSystem

TOPOLOGY = load_topology().raw
LIST = "/mensagens-com-falha"


class Post:
    """The product's own queues, from outside."""

    def __init__(self, system: LiveSystem, clinic_id: str) -> None:
        port = json.loads((system.home / "ports.json").read_text())["aws"]
        account = AwsAccount(f"http://127.0.0.1:{port}", TOPOLOGY["region"], TOPOLOGY["account_id"])
        self._sqs = account.client("sqs")
        self._clinic_id = clinic_id

    def send(self, queue: str, body: str, **attributes: str) -> None:
        self._sqs.send_message(
            QueueUrl=self._sqs.get_queue_url(QueueName=queue)["QueueUrl"],
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )

    def event(self, **changes: Any) -> str:
        """An event about nobody: every consumer can apply it, and it changes nothing."""
        account = new_id()
        message = new_message(
            "account.deleted",
            source="/accounts",
            subject=account,
            clinic_id=account,
            time=datetime.now(UTC),
            data=AccountDeleted(version=1, account_id=account),
        )
        return json.dumps({**json.loads(message.to_json()), "clinicid": self._clinic_id, **changes})


@pytest.fixture
def post(live_system: LiveSystem) -> Post:
    return Post(live_system, live_system.person("administrator")["clinics"][0])


async def _list_with(page: Page, count: int) -> None:
    """Look until that many letters are there: the workers bury them at their own pace."""
    rows = page.locator(".rows .row")
    for _ in range(120):
        await page.goto(LIST)
        if await rows.count() == count:
            return
        await page.wait_for_timeout(500)
    await expect(rows).to_have_count(count)


async def test_a_letter_is_seen_sent_back_and_the_hopeless_one_discarded(
    open_page: OpenPage, administrator: Someone, post: Post
) -> None:
    page = await open_page(administrator)
    await page.click(f"nav a[href='{LIST}']")
    await job.shows(page, "Nenhuma mensagem com falha.")
    healthy, broken = post.event(), post.event(data={"name": "Maria da Silva", "value": "11,4"})
    post.send("file-management-accounts-dlq", healthy, reason="failed", error="TimeoutError")
    post.send("notification-accounts", broken)  # its worker buries it
    await _list_with(page, 2)
    await job.shows(page, "Conta encerrada", "Formato não reconhecido", json.loads(broken)["id"])

    await page.click(f".row:has-text('{json.loads(broken)['id']}')")
    await job.shows(page, "A mensagem não segue o formato combinado.", json.loads(broken)["subject"])
    assert "Maria" not in await page.content()
    assert "11,4" not in await page.content()

    await page.goto(LIST)
    await page.click(f"a[href='{LIST}/reenvio']")
    await job.shows(page, "voltam às filas: 2.")
    await page.click("main form button")
    await job.shows(page, "Reenvio concluído.", "reenviadas: 1")
    await _list_with(page, 1)  # what can be applied was applied; the other came back
    await job.shows(page, json.loads(broken)["id"])

    await page.click(".rows .row")
    await page.click("main a.danger")
    await job.shows(page, "Não há volta")
    await page.click("main form button")
    await job.shows(page, "Mensagem descartada.", "Nenhuma mensagem com falha.")


async def test_the_letters_fit_a_phone_and_speak_english(
    open_page: OpenPage, administrator: Someone, post: Post
) -> None:
    post.send("exam-results-accounts-dlq", post.event(), reason="failed", error="UniqueViolationError")
    page = await open_page(administrator, viewport=PHONE, is_mobile=True)
    await _list_with(page, 1)
    await job.fits(page)
    await page.click("button:has-text('English')")
    await job.shows(page, "Failed messages", "Account closed", "The service failed to apply it")
    await page.click(".rows .row")
    await job.shows(page, "UniqueViolationError")
    await job.fits(page)
    await page.click("main form button")
    await job.shows(page, "Message sent again.")
    await page.goto(f"{LIST}/reenvio")
    await job.fits(page)
    await page.click("button:has-text('Português')")

"""Dead letters on real queues: seen by their own clinic's administrators, moved without ever being lost."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from services.shared.kernel.audit import AuditEntry
from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Principal, Role
from services.shared.platform.dead_letters.queues import SqsDeadLetters
from services.shared.platform.http.callers import undeclared_routes
from services.shared.platform.messaging.consumer import SqsConsumer, SqsPoller
from services.shared.platform.messaging.envelope import Message
from services.shared.platform.topology import load_topology
from tests.integration.shared.dead_letters import (
    ADMINISTRATOR,
    CLINIC,
    OTHER_ADMINISTRATOR,
    OTHER_CLINIC,
    OTHER_QUEUE,
    QUEUE,
    Post,
    event,
)
from tests.support.embedded import EmbeddedAws


@pytest.fixture
def post(aws: EmbeddedAws) -> Post:
    aws.purge()
    return Post(aws, aws.client("notification", "sqs"))  # with this service's rights and no others


async def test_the_list_says_why_and_when_and_nothing_of_the_content(post: Post) -> None:
    body = event()
    post.bury(body)
    [letter] = await post.items()
    known = json.loads(body)
    assert letter["queue"] == QUEUE
    assert (letter["reason"], letter["error"], letter["failures"]) == ("failed", "KeyError", 3)
    assert (letter["event_id"], letter["type"]) == (known["id"], "account.deleted")
    assert letter["trace_id"] == known["traceparent"].split("-")[1]
    answer = await post.ask("GET", f"/{QUEUE}/{letter['id']}")
    assert answer.json()["subject"] == known["subject"]
    assert "data" not in answer.json()
    assert "body" not in answer.json()


async def test_a_letter_belongs_to_the_clinic_of_its_envelope(post: Post) -> None:
    post.bury(event(OTHER_CLINIC))
    [theirs] = await post.items(OTHER_ADMINISTRATOR)
    assert await post.items() == []
    for method, path in (("GET", ""), ("POST", "/redrive"), ("DELETE", "")):
        assert (await post.ask(method, f"/{QUEUE}/{theirs['id']}{path}")).status_code == 404
    assert (await post.ask("POST", "/redrive")).json() == {"count": 0}
    assert [one["id"] for one in await post.items(OTHER_ADMINISTRATOR)] == [theirs["id"]]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '"Maria da Silva"',
        event(clinicid="Maria da Silva", subject="11,4 g/dL"),
        event(clinicid=None),
        "[" * 100_000,
    ],
)
async def test_where_no_clinic_can_be_read_every_administrator_sees_only_that_it_is_there(
    post: Post, body: str
) -> None:
    post.bury(body, reason="malformed", error="Maria da Silva, 11,4 g/dL", failures="1")
    for who in (ADMINISTRATOR, OTHER_ADMINISTRATOR):
        [letter] = await post.items(who)
        assert letter["reason"] == "malformed"
        assert [letter[name] for name in ("type", "event_id", "trace_id", "error")] == [None] * 4
        looked = await post.ask("GET", f"/{QUEUE}/{letter['id']}", who)
        assert "Maria" not in looked.text
        assert "11,4" not in looked.text
    assert (await post.ask("POST", "/redrive")).json() == {"count": 0}
    assert (await post.ask("POST", f"/{QUEUE}/{letter['id']}/redrive")).json() == {"count": 1}
    assert post.bodies(QUEUE) == [body]


async def test_what_a_broken_sender_wrote_in_an_attribute_is_not_shown(post: Post) -> None:
    post.bury(event(subject="Maria", source="/Maria", type="maria.silva", traceparent="00-maria", time="now"))
    [letter] = await post.items()
    looked = (await post.ask("GET", f"/{QUEUE}/{letter['id']}")).json()
    assert [looked[name] for name in ("subject", "source", "type", "trace_id", "time")] == [None] * 5
    assert looked["clinic_id"] == str(CLINIC)


async def test_looking_loses_no_letter_and_hides_none(post: Post) -> None:
    bodies = sorted(event() for _ in range(25))
    for body in bodies:
        post.bury(body)
    for _ in range(3):
        assert len(await post.items()) == 25
    assert (await post.ask("GET", f"/{QUEUE}/{new_id()}")).status_code == 404
    assert post.bodies(f"{QUEUE}-dlq") == bodies


async def test_a_look_that_died_hides_letters_only_for_a_while_and_others_are_told(post: Post) -> None:
    post.bury(event())
    held = SqsDeadLetters(lambda: post.sqs, load_topology(), "notification").hold(QUEUE)  # and dies
    assert len(held.letters) == 1
    answer = (await post.ask("GET")).json()
    assert answer == {"items": [], "is_partial": True}
    problem = await post.ask("POST", f"/{QUEUE}/{held.letters[0].id}/redrive")
    assert (problem.status_code, problem.json()["code"]) == (409, "dead_letters.in_use")
    url = post.aws.queue_url(f"{QUEUE}-dlq")
    post.sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=held.letters[0].receipt, VisibilityTimeout=0
    )  # what the end of the hold does
    assert len(await post.items()) == 1


async def test_a_redriven_letter_comes_as_if_for_the_first_time(post: Post) -> None:
    body, stays = event(), event()
    post.bury(body)
    post.bury(stays)
    letters = {letter["event_id"]: letter["id"] for letter in await post.items()}
    answer = await post.ask("POST", f"/{QUEUE}/{letters[json.loads(body)['id']]}/redrive")
    assert answer.json() == {"count": 1}
    [back] = post.visible(QUEUE)
    assert back["Body"] == body
    assert "MessageAttributes" not in back
    assert post.bodies(f"{QUEUE}-dlq") == [stays]


async def test_all_of_the_own_clinic_go_back_from_every_queue_and_no_others(post: Post) -> None:
    mine = [event() for _ in range(12)]
    for body in mine[:-1]:
        post.bury(body)
    post.bury(mine[-1], queue=OTHER_QUEUE)
    post.bury(event(OTHER_CLINIC))
    post.bury("{", reason="malformed")
    assert (await post.ask("POST", "/redrive")).json() == {"count": 12}
    assert post.bodies(QUEUE) == sorted(mine[:-1])
    assert post.bodies(OTHER_QUEUE) == mine[-1:]
    assert len(post.bodies(f"{QUEUE}-dlq")) == 2


async def test_a_redrive_that_dies_after_sending_doubles_a_letter_and_loses_none(post: Post) -> None:
    body = event()
    post.bury(body)
    [letter] = await post.items()

    class DiesBeforeDeleting:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def delete_message(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="http://sqs")

    real, post.sqs = post.sqs, DiesBeforeDeleting()
    answer = await post.ask("POST", f"/{QUEUE}/{letter['id']}/redrive")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert post.bodies(QUEUE) == [body]
    assert post.bodies(f"{QUEUE}-dlq") == [body]


async def test_a_letter_that_cannot_be_sent_stays(post: Post) -> None:
    bodies = sorted(event() for _ in range(3))
    for body in bodies:
        post.bury(body)

    class SendsNothing:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def send_message(self, **_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="http://sqs")

    real, post.sqs = post.sqs, SendsNothing()
    assert (await post.ask("POST", "/redrive")).status_code == 503
    assert post.bodies(QUEUE) == []
    assert post.bodies(f"{QUEUE}-dlq") == bodies


async def test_a_discarded_letter_is_gone_and_the_audit_names_it(post: Post) -> None:
    body = event()
    post.bury(body)
    [letter] = await post.items()
    assert (await post.ask("DELETE", f"/{QUEUE}/{letter['id']}")).status_code == 204
    assert post.bodies(f"{QUEUE}-dlq") == post.bodies(QUEUE) == []
    assert post.audit[-1].resource == f"dead-letter/{QUEUE}/{letter['event_id']}"


async def test_list_look_redrive_and_discard_leave_one_audit_row_each(post: Post) -> None:
    for _ in range(4):
        post.bury(event())
    first, second, *_ = [letter["id"] for letter in await post.items()]
    await post.ask("GET", f"/{QUEUE}/{first}")
    await post.ask("POST", f"/{QUEUE}/{first}/redrive")
    await post.ask("DELETE", f"/{QUEUE}/{second}")
    await post.ask("POST", "/redrive")
    assert [entry.action for entry in post.audit] == [
        "dead_letter.list",
        "dead_letter.read",
        "dead_letter.redrive",
        "dead_letter.discard",
        "dead_letter.redrive",
        "dead_letter.redrive",
    ]
    assert {(entry.actor_id, entry.clinic_id) for entry in post.audit} == {(ADMINISTRATOR.account_id, CLINIC)}


async def test_without_the_audit_row_nothing_is_shown_or_moved(post: Post) -> None:
    body = event()
    post.bury(body)
    [letter] = await post.items()

    async def full(_: Principal, __: AuditEntry) -> None:
        raise OSError

    app = post.app(full)
    for method, path in (("GET", ""), ("POST", "/redrive")):
        assert (await post.ask(method, path, app=app)).status_code == 500
        assert (await post.ask(method, f"/{QUEUE}/{letter['id']}{path}", app=app)).status_code == 500
    assert (await post.ask("DELETE", f"/{QUEUE}/{letter['id']}", app=app)).status_code == 500
    assert post.bodies(QUEUE) == []
    assert post.bodies(f"{QUEUE}-dlq") == [body]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
async def test_only_administrators_are_let_in(post: Post, role: Role) -> None:
    post.bury(event())
    [letter] = await post.items()
    stranger = Principal(new_id(), frozenset({role}), CLINIC)
    one = f"/{QUEUE}/{letter['id']}"
    for method, path in (
        ("GET", ""), ("POST", "/redrive"), ("GET", one), ("POST", f"{one}/redrive"), ("DELETE", one),
    ):  # fmt: skip
        assert (await post.ask(method, path, stranger)).status_code == 403
    assert len(await post.items()) == 1
    assert list(undeclared_routes(post.app())) == []


async def test_another_services_queue_is_not_found(post: Post) -> None:
    for queue in ("exam-results-files", f"{QUEUE}-dlq", "x"):
        assert (await post.ask("GET", f"/{queue}/{new_id()}")).status_code == 404


async def test_what_fails_three_times_is_a_letter_and_succeeds_after_a_redrive(post: Post) -> None:
    body, broken, applied, tries = event(), True, list[str](), 0

    async def effect(message: Message) -> str:
        nonlocal tries
        tries += 1
        if broken:
            raise KeyError(message.id)
        applied.append(str(message.id))
        return "done"

    async def healthy() -> bool:
        return True

    types = load_topology().types_of(QUEUE)
    consumer = SqsConsumer(QUEUE, effect, types=types, loop=asyncio.get_running_loop())
    settings = replace(load_topology().queue_settings, retry_delays_s=(0, 0))
    poller = SqsPoller(post.sqs, consumer, settings, healthy)
    for each in (body, "{"):
        post.aws.admin("sqs").send_message(QueueUrl=post.aws.queue_url(QUEUE), MessageBody=each)
    while len(letters := await post.items()) < 2:
        await poller.poll_once(wait_s=0)
    assert tries == 3
    assert {(one["reason"], one["error"], one["failures"]) for one in letters} == {
        ("failed", "KeyError", 3),
        ("malformed", None, 1),  # it could never succeed: no tries are burnt on it
    }
    broken = False
    assert (await post.ask("POST", "/redrive")).json() == {"count": 1}
    while not applied:
        await poller.poll_once(wait_s=0)
    assert applied == [json.loads(body)["id"]]
    assert [one["reason"] for one in await post.items()] == ["malformed"]

"""Each service that consumes queues shows its own dead letters, to administrators, and writes its own audit."""

from typing import Any

import pytest

from services.shared.kernel.ids import new_id
from services.shared.kernel.principal import Role
from services.shared.platform.topology import load_topology
from tests.integration.apis.served import Served
from tests.integration.shared.dead_letters import event
from tests.support.embedded import EmbeddedAws

CONSUMERS = pytest.mark.parametrize(
    "service", ["exam_results", "file_management", "notification"], indirect=True
)


def bury(aws: EmbeddedAws, queue: str, body: str) -> None:
    aws.admin("sqs").send_message(
        QueueUrl=aws.queue_url(load_topology().dead_letters_of(queue)), MessageBody=body
    )


def audited(service: Served, aws: EmbeddedAws, action: str) -> int:
    """How many audit rows there are of that action."""
    if service.name == "file_management":
        rows: list[Any] = aws.admin("dynamodb").scan(TableName="laudo-files")["Items"]
    else:
        rows = list(service.contents()["audit"])
    return sum(action in str(row) for row in rows)


@CONSUMERS
def test_an_administrator_handles_the_letters_of_every_queue_and_each_act_is_audited(
    service: Served, aws: EmbeddedAws
) -> None:
    aws.purge()
    queues = load_topology().queues_of(service.name.replace("_", "-"))
    for queue in queues:
        for _ in range(3):
            bury(aws, queue, event(service.clinic_id))
    actions = ("dead_letter.list", "dead_letter.read", "dead_letter.redrive", "dead_letter.discard")
    before = [audited(service, aws, action) for action in actions]
    token = service.token(Role.ADMINISTRATOR)

    items = service.send("GET", "/dead-letters", headers=token).json()["items"]
    assert {item["queue"] for item in items} == set(queues)
    assert {item["reason"] for item in items} == {"not_settled"}  # SQS's own redrive says nothing of why
    one = f"/dead-letters/{items[0]['queue']}/{items[0]['id']}"
    assert service.send("GET", one, headers=token).status_code == 200
    assert service.send("POST", f"{one}/redrive", headers=token).json() == {"count": 1}
    other = f"/dead-letters/{items[1]['queue']}/{items[1]['id']}"
    assert service.send("DELETE", other, headers=token).status_code == 204
    left = 3 * len(queues) - 2
    assert service.send("POST", "/dead-letters/redrive", headers=token).json() == {"count": left}
    after = [audited(service, aws, action) for action in actions]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1 + left, 1]
    aws.purge()


@CONSUMERS
@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DOCTOR, Role.PATIENT, Role.SERVICE])
def test_nobody_else_sees_that_there_are_any(service: Served, role: Role) -> None:
    queue = load_topology().queues_of(service.name.replace("_", "-"))[0]
    for method, path in (
        *(("GET", ""), ("POST", "/redrive"), ("GET", f"/{queue}/{new_id()}")),
        *(("POST", f"/{queue}/{new_id()}/redrive"), ("DELETE", f"/{queue}/{new_id()}")),
    ):
        answer = service.send(method, f"/dead-letters{path}", headers=service.token(role))
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

"""The embedded servers and what is provisioned in them."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import psutil
import pymongo
import pytest
from botocore.exceptions import ClientError

from infra.local.engines.aws import AwsServer
from infra.local.engines.mongo import MongoServer
from infra.local.engines.postgres import PostgresServer
from infra.local.engines.valkey import ValkeyServer
from infra.local.provision.clients import AdminClients, AwsAccount
from infra.local.provision.databases import DatabaseUrls
from infra.local.provision.storage import provision_tables
from tests.support.embedded import EmbeddedAws


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


def test_every_engine_listens_on_the_loopback_address_only(
    postgres_server: PostgresServer,
    valkey_server: ValkeyServer,
    mongo_server: MongoServer,
    aws_server: AwsServer,
) -> None:
    for server in (postgres_server, valkey_server, mongo_server, aws_server):
        process = psutil.Process(server.child.pid)
        listening = [
            connection.laddr
            for each in (process, *process.children(recursive=True))
            for connection in each.net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert {(address.ip, address.port) for address in listening} == {("127.0.0.1", server.port)}


async def test_the_roles_of_a_service_can_neither_bypass_row_security_nor_make_tables(
    new_database: Callable[[str], DatabaseUrls],
) -> None:
    urls = new_database("exam_results")
    for url in (urls.app, urls.relay):
        connection = await asyncpg.connect(_plain(url))
        role = await connection.fetchrow("select * from pg_roles where rolname = current_user")
        assert role is not None
        for power in ("rolbypassrls", "rolsuper", "rolcreaterole"):
            assert not role[power]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("create table intruder (id int)")
        await connection.close()
    owner = await asyncpg.connect(_plain(urls.owner))
    await owner.execute("create table exam (id int)")
    await owner.close()


async def test_a_role_of_one_service_cannot_enter_the_database_of_another(
    new_database: Callable[[str], DatabaseUrls],
) -> None:
    accounts, exams = new_database("accounts"), new_database("exam_results")
    foreign = _plain(accounts.app).rpartition("/")[0] + "/" + exams.app.rpartition("/")[2]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(foreign)


def test_an_acknowledged_mongo_write_survives_a_crash_of_the_server(
    mongo_server: MongoServer, mongo_database_name: str
) -> None:
    with pymongo.MongoClient[dict[str, Any]](mongo_server.admin_url) as client:
        client[mongo_database_name].log.insert_one({"_id": 1})
    mongo_server.child.kill()
    mongo_server.start()
    with pymongo.MongoClient[dict[str, Any]](mongo_server.admin_url) as client:
        assert client[mongo_database_name].log.find_one({"_id": 1}) == {"_id": 1}


def test_every_queue_has_its_dead_letters_and_the_declared_settings(
    aws: EmbeddedAws, topology: dict[str, Any]
) -> None:
    sqs = aws.admin("sqs")
    for name, queue in topology["queues"].items():
        found = sqs.get_queue_attributes(QueueUrl=aws.queue_url(name), AttributeNames=["All"])["Attributes"]
        assert found["VisibilityTimeout"] == "30"
        assert found["ReceiveMessageWaitTimeSeconds"] == "20"
        assert found["MessageRetentionPeriod"] == str(queue.get("retention_s", 1209600))
        assert found["KmsMasterKeyId"] == f"alias/{queue['kms_key']}"
        redrive = json.loads(found["RedrivePolicy"])
        assert redrive["maxReceiveCount"] == 50
        assert redrive["deadLetterTargetArn"].endswith(f":{name}-dlq")
        dead = sqs.get_queue_attributes(QueueUrl=aws.queue_url(f"{name}-dlq"), AttributeNames=["All"])
        assert dead["Attributes"]["MessageRetentionPeriod"] == "1209600"


def test_a_published_event_reaches_only_the_queues_that_asked_for_its_type(aws: EmbeddedAws) -> None:
    aws.purge()
    aws.client("accounts", "sns").publish_batch(
        TopicArn=f"arn:aws:sns:{aws.region}:{aws.account_id}:accounts-events",
        PublishBatchRequestEntries=[
            {
                "Id": "1",
                "Message": '{"raw": true}',
                "MessageAttributes": {"type": {"DataType": "String", "StringValue": "patient.registered"}},
            }
        ],
    )
    received = {
        queue: aws.admin("sqs").receive_message(QueueUrl=aws.queue_url(queue), WaitTimeSeconds=1)
        for queue in ("exam-results-accounts", "notification-accounts", "file-management-accounts")
    }
    assert [item["Body"] for item in received["exam-results-accounts"]["Messages"]] == ['{"raw": true}']
    assert "Messages" not in received["notification-accounts"]
    assert "Messages" not in received["file-management-accounts"]


def test_a_service_is_held_to_its_own_topic_queues_bucket_table_and_keys(aws: EmbeddedAws) -> None:
    topic = f"arn:aws:sns:{aws.region}:{aws.account_id}:exam-results-events"
    commands = aws.queue_url("notification-commands")
    key = {"pk": {"S": "x"}, "sk": {"S": "y"}}
    forbidden: list[Callable[[], Any]] = [
        lambda: aws.client("accounts", "sns").publish(TopicArn=topic, Message="x"),
        lambda: aws.client("notification", "sns").publish(TopicArn=topic, Message="x"),
        lambda: aws.client("accounts", "sqs").receive_message(QueueUrl=commands),
        lambda: aws.client("exam-results", "sqs").receive_message(
            QueueUrl=aws.queue_url("notification-exams")
        ),
        lambda: aws.client("notification", "s3").get_object(Bucket="laudo-reports", Key="x"),
        lambda: aws.client("exam-results", "dynamodb").get_item(TableName="laudo-files", Key=key),
        lambda: aws.client("notification", "kms").generate_data_key(
            KeyId="alias/laudo-identity", KeySpec="AES_256"
        ),
    ]
    for attempt in forbidden:
        with pytest.raises(ClientError) as refusal:
            attempt()
        assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
        assert "not authorized" in str(refusal.value)


def test_a_service_may_do_what_its_work_needs(aws: EmbeddedAws) -> None:
    aws.client("accounts", "sqs").send_message_batch(
        QueueUrl=aws.queue_url("notification-commands"), Entries=[{"Id": "1", "MessageBody": "x"}]
    )
    files = aws.client("file-management", "s3")
    files.put_object(Bucket="laudo-reports", Key="clinic/exam/v1.pdf", Body=b"%PDF")
    stored = files.get_object(Bucket="laudo-reports", Key="clinic/exam/v1.pdf")
    assert stored["VersionId"]
    assert stored["ServerSideEncryption"] == "aws:kms"
    data_key = aws.client("accounts", "kms").generate_data_key(
        KeyId="alias/laudo-identity", KeySpec="AES_256"
    )
    opened = aws.client("accounts", "kms").decrypt(CiphertextBlob=data_key["CiphertextBlob"])
    assert opened["Plaintext"] == data_key["Plaintext"]


def test_a_table_of_an_earlier_release_gets_the_index_that_was_declared_since(
    aws: EmbeddedAws, topology: dict[str, Any]
) -> None:
    (declared,) = topology["tables"].values()
    account = AwsAccount(aws.url, aws.region, aws.account_id)
    without = {
        "tables": {"laudo-earlier": {**declared, "indexes": {"outbox": declared["indexes"]["outbox"]}}}
    }
    for wanted in (without, {"tables": {"laudo-earlier": declared}}):
        provision_tables(AdminClients(account), wanted)
    table = aws.admin("dynamodb").describe_table(TableName="laudo-earlier")["Table"]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} == set(declared["indexes"])
    aws.admin("dynamodb").delete_table(TableName="laudo-earlier")


def test_a_long_poll_ends_with_its_client_and_takes_no_message_for_nobody(aws: EmbeddedAws) -> None:
    aws.purge()
    queue = aws.queue_url("file-management-accounts")
    for _ in range(3):
        _poll_and_leave(aws, queue)
    sqs = aws.admin("sqs")
    for number in range(3):
        sqs.send_message(QueueUrl=queue, MessageBody=str(number))
    received: list[str] = []
    while answer := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get(
        "Messages"
    ):
        received += [message["Body"] for message in answer]
    assert sorted(received) == ["0", "1", "2"]


def _poll_and_leave(aws: EmbeddedAws, queue: str) -> None:
    """Ask for a message as a process does that is killed while it waits."""
    scope = f"test/20260101/{aws.region}/sqs/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "X-Amz-Date": "20260101T000000Z",
        "X-Amz-Target": "AmazonSQS.ReceiveMessage",
        "Content-Type": "application/x-amz-json-1.0",
    }
    address = urlsplit(aws.url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    connection.request("POST", "/", json.dumps({"QueueUrl": queue, "WaitTimeSeconds": 20}), headers)
    # It waits for a message by then: the emulator answers what fails, and an empty queue only in the end.
    connection.sock.settimeout(0.5)
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()

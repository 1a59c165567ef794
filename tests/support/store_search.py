"""Looks for words and bytes in everything a running installation keeps: every column, document, key, item, object,
message and log. It asks as each store's administrator, so that no wall hides anything from it.

`search(home, topology, needles)` returns where each needle was found, as `(needle's name, place)`; a place is
`postgresql/<database>/<table>.<column>`, `mongo/<database>/<collection>`, `valkey/<key>`, `dynamodb/<table>`,
`s3/<bucket>/<key>`, `sqs/<queue>` or `log/<file>`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pymongo
import pypdfium2
import redis

from infra.local.provision.clients import AwsAccount
from infra.local.provision.secret_store import SecretStore
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.engines import Engines, build_engines

Needles = Mapping[str, tuple[bytes, ...]]
"""By name, every form in which a thing may lie about: text in lower case, or raw bytes as they are."""


def forms(text: str) -> tuple[bytes, ...]:
    return (text.lower().encode(),)


def engines_of(home: Path, topology: Mapping[str, Any]) -> Engines:
    ports = json.loads((home / "ports.json").read_text(encoding="utf-8"))
    return build_engines(DataFolder(home), ports, SecretStore(home / "secrets.json"), topology, durable=True)


async def search(home: Path, topology: Mapping[str, Any], needles: Needles) -> set[tuple[str, str]]:
    engines = engines_of(home, topology)
    account = AwsAccount(engines.aws.url, topology["region"], topology["account_id"])
    found: set[tuple[str, str]] = set()
    async for place, content in _postgresql(engines, topology):
        found |= _in(needles, place, content)
    for part in (
        _mongo(engines.mongo.admin_url),
        _valkey(engines.valkey.url()),
        _dynamodb(account.client("dynamodb")),
        _s3(account.client("s3")),
        _sqs(account.client("sqs")),
        _logs(home / "logs"),
    ):
        for place, content in part:
            found |= _in(needles, place, content)
    return found


def _in(needles: Needles, place: str, content: bytes) -> set[tuple[str, str]]:
    lower = content.lower()
    return {
        (name, place)
        for name, every in needles.items()
        if any(form in content or form in lower or form.hex().encode() in lower for form in every)
    }


async def _postgresql(engines: Engines, topology: Mapping[str, Any]) -> Any:
    """Every column as PostgreSQL writes it: `bytea` in hexadecimal."""
    databases = [each["database"] for each in topology["services"].values() if "database" in each]
    for database in databases:
        address = f"{engines.postgres.admin_url.rpartition('/')[0]}/{database}"
        connection = await asyncpg.connect(address, ssl=False)
        try:
            columns = await connection.fetch(
                """SELECT table_name AS name, column_name AS column FROM information_schema.columns
                   WHERE table_schema = 'public' ORDER BY 1, 2"""
            )
            for each in columns:
                rows = await connection.fetch(f'SELECT "{each["column"]}"::text FROM "{each["name"]}"')
                place = f"postgresql/{database}/{each['name']}.{each['column']}"
                yield place, "\n".join(row[0] or "" for row in rows).encode()
        finally:
            await connection.close()


def _mongo(url: str) -> Iterator[tuple[str, bytes]]:
    document: dict[str, Any]
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(url, uuidRepresentation="standard") as client:
        for name in client.list_database_names():
            if name in {"admin", "local", "config"}:
                continue
            for collection in client[name].list_collection_names():
                for document in client[name][collection].find():
                    yield f"mongo/{name}/{collection}", b"\n".join(_leaves(document))


def _leaves(value: Any) -> Iterator[bytes]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (_as_bytes(key), *_leaves(inner))
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield _as_bytes(value)


def _as_bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _valkey(url: str) -> Iterator[tuple[str, bytes]]:
    readers: dict[bytes, Callable[[Any, bytes], Any]] = {
        b"string": lambda client, key: client.get(key),
        b"hash": lambda client, key: client.hgetall(key),
        b"list": lambda client, key: client.lrange(key, 0, -1),
        b"set": lambda client, key: client.smembers(key),
        b"zset": lambda client, key: client.zrange(key, 0, -1),
        b"none": lambda client, key: b"",  # ended meanwhile
    }
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter(count=1000):
            content = readers[client.type(key)](client, key)
            yield f"valkey/{key.decode()}", b"\n".join([key, *_leaves(content or b"")])


def _dynamodb(client: Any) -> Iterator[tuple[str, bytes]]:
    for table in client.list_tables()["TableNames"]:
        for page in client.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                yield f"dynamodb/{table}", b"\n".join(_leaves(item))


def _s3(client: Any) -> Iterator[tuple[str, bytes]]:
    """Every stored version of every object; of a PDF what it says as well, since its own bytes are compressed."""
    for bucket in (each["Name"] for each in client.list_buckets()["Buckets"]):
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in page.get("Versions", ()):
                which = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
                body = client.get_object(**which)["Body"].read()
                text = _pdf_text(body) if body.startswith(b"%PDF") else b""
                yield f"s3/{bucket}/{version['Key']}", version["Key"].encode() + b"\n" + body + b"\n" + text


def _pdf_text(body: bytes) -> bytes:
    document: Any = pypdfium2.PdfDocument(body)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return " ".join("\n".join(pages).split()).encode()


def _sqs(client: Any) -> Iterator[tuple[str, bytes]]:
    """What waits or lies dead; a message that was looked at is visible again at once."""
    for url in client.list_queues(MaxResults=1000).get("QueueUrls", ()):
        queue = url.rpartition("/")[2]
        received = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0
        )
        for message in received.get("Messages", ()):
            yield f"sqs/{queue}", message["Body"].encode()


def _logs(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.glob("*.jsonl*")):
        yield f"log/{file.name}", file.read_bytes()

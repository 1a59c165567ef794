"""What notification's users may do in Mongo, and what they may not, asked of the embedded server.

The embedded server knows databases and actions, not collections: that nobody changes the audit there is held by the
declaration that production's roles are made from.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.errors import OperationFailure

from infra.local.engines.mongo import MongoServer
from infra.local.provision.mongo_users import MongoUrls, privileges
from services.shared.platform.topology import load_topology

ROOT = Path(__file__).resolve().parents[3]
DECLARED = load_topology().raw["mongo"]
Client = pymongo.MongoClient[dict[str, Any]]
Attempt = Callable[[Client, str], Any]


@pytest.fixture(params=["app", "owner"])
def user(request: pytest.FixtureRequest, mongo_users: MongoUrls) -> Iterator[tuple[str, Client]]:
    with Client(getattr(mongo_users, request.param)) as client:
        yield request.param, client


NOBODY_MAY: dict[str, Attempt] = {
    "read another database": lambda client, _: client.accounts.people.find_one(),
    "write into another database": lambda client, _: client.accounts.people.insert_one({}),
    "name the databases": lambda client, _: client.list_database_names(),
    "drop a collection": lambda client, name: client[name].contacts.drop(),
    "drop the database": lambda client, name: client.drop_database(name),
    "see users": lambda client, name: client[name].command("usersInfo", 1),
    "make users": lambda client, name: client[name].command("createUser", "x", pwd="x", roles=["dbOwner"]),
    "take more rights": lambda client, name: client[name].command(
        "grantRolesToUser", "notification_app", roles=["dbOwner"]
    ),
    "read passwords": lambda client, _: client.admin["system.users"].find_one(),
    "read everybody's changes": lambda client, _: client.local["oplog.rs"].find_one(),
    "write elsewhere by a pipeline": lambda client, name: client[name].contacts.aggregate(
        [{"$out": {"db": "accounts", "coll": "people"}}]
    ),
    "ask the server about itself": lambda client, _: client.admin.command("serverStatus"),
    "set the server's parameters": lambda client, _: client.admin.command("setParameter", 1, logLevel=1),
}


@pytest.mark.parametrize("what", NOBODY_MAY)
def test_neither_user_may(user: tuple[str, Client], mongo_database_name: str, what: str) -> None:
    _, client = user
    with pytest.raises(OperationFailure) as refusal:
        NOBODY_MAY[what](client, mongo_database_name)
    assert refusal.value.code == 13, "Unauthorized"


def test_the_running_service_makes_no_index_and_the_owner_removes_nothing(
    user: tuple[str, Client], mongo_database_name: str
) -> None:
    name, client = user
    contacts = client[mongo_database_name].contacts
    contacts.insert_one({"_id": 1})
    contacts.update_one({"_id": 1}, {"$set": {"seen": True}})
    assert contacts.find_one() == {"_id": 1, "seen": True}
    removes, makes_an_index = partial(contacts.delete_one, {"_id": 1}), partial(contacts.create_index, "seen")
    allowed, refused = (removes, makes_an_index) if name == "app" else (makes_an_index, removes)
    with pytest.raises(OperationFailure):
        refused()
    allowed()


def test_without_a_name_or_with_a_wrong_word_nobody_is_let_in(
    mongo_server: MongoServer, mongo_users: MongoUrls, mongo_database_name: str
) -> None:
    nameless = f"mongodb://127.0.0.1:{mongo_server.port}/?directConnection=true"
    wrong = mongo_server.url("notification_app", "wrong", mongo_database_name)
    for url in (nameless, wrong):
        with Client(url) as stranger, pytest.raises(OperationFailure):
            stranger[mongo_database_name].contacts.find_one()


def test_the_declared_roles_never_change_what_is_append_only() -> None:
    declared = DECLARED["notification"]
    for role in declared["roles"]:
        for item in privileges(declared, "notification", role):
            is_append_only = item["resource"]["collection"] in declared["append_only"]
            assert is_append_only != bool({"update", "remove"} & set(item["actions"]))


def test_every_collection_that_the_code_names_is_declared() -> None:
    named = {
        name
        for file in (ROOT / "services" / "notification").rglob("*.py")
        for name in re.findall(r'database\["(\w+)"\]', file.read_text(encoding="utf-8"))
    }
    declared = DECLARED["notification"]
    assert named == {*declared["collections"], *declared["append_only"]}

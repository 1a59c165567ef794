"""Keys, buckets and tables."""

from collections.abc import Mapping
from typing import Any

from infra.local.provision.clients import AdminClients


def provision_keys(clients: AdminClients, topology: Mapping[str, Any]) -> dict[str, str]:
    """Create the keys that are missing; return key ids by name."""
    aliases = {item["AliasName"]: item.get("TargetKeyId", "") for item in _aliases(clients)}
    ids = {}
    for name in topology["keys"]:
        key_id = aliases.get(f"alias/{name}")
        if not key_id:
            key_id = clients.kms.create_key(Description=name)["KeyMetadata"]["KeyId"]
            clients.kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key_id)
        ids[name] = str(key_id)
    return ids


def _aliases(clients: AdminClients) -> list[dict[str, Any]]:
    aliases: list[dict[str, Any]] = clients.kms.list_aliases(Limit=100)["Aliases"]
    return aliases


def provision_buckets(clients: AdminClients, topology: Mapping[str, Any]) -> None:
    """Private, versioned, encrypted with the bucket's key, and locked where that is declared."""
    existing = {item["Name"] for item in clients.s3.list_buckets()["Buckets"]}
    for name, bucket in topology["buckets"].items():
        if name not in existing:
            clients.s3.create_bucket(
                Bucket=name,
                CreateBucketConfiguration={"LocationConstraint": topology["region"]},
                ObjectLockEnabledForBucket="object_lock" in bucket,
            )
        clients.s3.put_public_access_block(
            Bucket=name,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": True,
            },
        )
        clients.s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": f"alias/{bucket['kms_key']}",
                        }
                    }
                ]
            },
        )
        if bucket.get("versioned"):
            clients.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        if lock := bucket.get("object_lock"):
            clients.s3.put_object_lock_configuration(
                Bucket=name,
                ObjectLockConfiguration={
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": lock["mode"], "Days": lock["days"]}},
                },
            )


def provision_tables(clients: AdminClients, topology: Mapping[str, Any]) -> None:
    existing = set(clients.dynamodb.list_tables()["TableNames"])
    for name, table in topology["tables"].items():
        if name not in existing:
            clients.dynamodb.create_table(**_table(name, table))
            if "ttl_attribute" in table:
                clients.dynamodb.update_time_to_live(
                    TableName=name,
                    TimeToLiveSpecification={"Enabled": True, "AttributeName": table["ttl_attribute"]},
                )
        else:
            _add_indexes(clients, name, table)


def _add_indexes(clients: AdminClients, name: str, table: Mapping[str, Any]) -> None:
    """Give a table of an earlier run the indexes that were declared since."""
    known = clients.dynamodb.describe_table(TableName=name)["Table"].get("GlobalSecondaryIndexes", ())
    wanted = _table(name, table)
    for index in wanted.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] not in {item["IndexName"] for item in known}:
            clients.dynamodb.update_table(
                TableName=name,
                AttributeDefinitions=wanted["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )


def _table(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    indexes = table.get("indexes", {})
    attributes = dict.fromkeys(
        item[part]
        for item in (table, *indexes.values())
        for part in ("partition_key", "sort_key")
        if part in item
    )
    definition: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": item, "AttributeType": "S"} for item in attributes],
        "KeySchema": _key(table),
    }
    if indexes:
        definition["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": _key(item),
                "Projection": {"ProjectionType": item.get("projection", "ALL")},
            }
            for index, item in indexes.items()
        ]
    return definition


def _key(item: Mapping[str, Any]) -> list[dict[str, str]]:
    schema = [{"AttributeName": item["partition_key"], "KeyType": "HASH"}]
    if "sort_key" in item:
        schema.append({"AttributeName": item["sort_key"], "KeyType": "RANGE"})
    return schema

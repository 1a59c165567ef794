"""Contacts in Mongo: one document per person."""

import asyncio
from uuid import UUID

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.notification.domain.contact import Contact
from services.notification.infrastructure.persistence.database import Database, Document
from services.shared.kernel.errors import UNAVAILABLE

_TRIES = 20
_PAUSE_S = 0.02


class MongoContactStore:
    def __init__(self, database: Database) -> None:
        self._contacts = database["contacts"]

    async def find(self, person_id: UUID) -> Contact | None:
        found = await self._contacts.find_one({"_id": person_id})
        return _contact(found) if found else None

    async def learn(self, contact: Contact) -> Contact:
        """Either the upsert, whose filter is the version rule, or adding the clinic to what is newer, takes hold.

        Neither does while another first contact of the same person is being inserted: then once more.
        """
        for _ in range(_TRIES):
            found = await self._replace_older(contact) or await self._join_newer(contact)
            if found is not None:
                return _contact(found)
            await asyncio.sleep(_PAUSE_S)
        raise UNAVAILABLE.error()

    async def _replace_older(self, contact: Contact) -> Document | None:
        try:
            return await self._contacts.find_one_and_update(
                {"_id": contact.person_id, "version": {"$lt": contact.version}, "forgotten": {"$ne": True}},
                {"$set": _fields(contact), **_clinics(contact)},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None

    async def _join_newer(self, contact: Contact) -> Document | None:
        return await self._contacts.find_one_and_update(
            {
                "_id": contact.person_id,
                "$or": [{"version": {"$gte": contact.version}}, {"forgotten": True}],
            },
            _clinics(contact),
            return_document=ReturnDocument.AFTER,
        )


def _clinics(contact: Contact) -> Document:
    return {"$addToSet": {"clinic_ids": {"$each": sorted(contact.clinic_ids)}}}


def _fields(contact: Contact) -> Document:
    return {
        "version": contact.version,
        "first_name": contact.first_name,
        "email": contact.email,
        "phone": contact.phone,
        "sms_capable": contact.sms_capable,
        "locale": contact.locale,
        "forgotten": contact.forgotten,
    }


def _contact(document: Document) -> Contact:
    return Contact(
        person_id=document["_id"],
        version=document["version"],
        first_name=document["first_name"],
        email=document["email"],
        phone=document["phone"],
        sms_capable=document["sms_capable"],
        locale=document["locale"],
        clinic_ids=frozenset(document["clinic_ids"]),
        forgotten=document["forgotten"],
    )

"""Contacts in Mongo: one document per person."""

from uuid import UUID

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.notification.domain.contact import Contact
from services.notification.infrastructure.persistence.database import Database, Document


class MongoContactStore:
    def __init__(self, database: Database) -> None:
        self._contacts = database["contacts"]

    async def find(self, person_id: UUID) -> Contact | None:
        found = await self._contacts.find_one({"_id": person_id})
        return _contact(found) if found else None

    async def learn(self, contact: Contact) -> Contact:
        """One upsert whose filter is the version rule; a lost race or an old version only adds the clinic."""
        clinics = {"$addToSet": {"clinic_ids": {"$each": sorted(contact.clinic_ids)}}}
        try:
            found = await self._contacts.find_one_and_update(
                {"_id": contact.person_id, "version": {"$lt": contact.version}, "forgotten": {"$ne": True}},
                {"$set": _fields(contact), **clinics},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            found = await self._contacts.find_one_and_update(
                {"_id": contact.person_id}, clinics, return_document=ReturnDocument.AFTER
            )
        assert found is not None
        return _contact(found)


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

"""The items of the one table. Every key but those of codes and files carries the clinic; what belongs together is one
transaction.

EXAM#<exam>            CLINIC#<clinic>          the folder: the exam's people, its files, its revision
FILE#<file>            FILE                     one file, as a download needs it; the row names the clinic
CODE#<code>            PROOF                    what a printed code proves; who asks names no clinic, and learns none
READER#<account>       CLINIC#<clinic>#EXAM#..  whose exam it is or who asked for it
INBOX#<queue>#<event>  CLINIC#<clinic>          an event that was applied; forgotten after its dead letter is
OUTBOX#<message>       CLINIC#<clinic>          an event to be published; gone once it is
AUDIT#<chain>#<day>    <time>#<id>              one audit fact; put once, never changed. A chain is a clinic or `none`
AUDITCHAINS            <chain>                  there are facts of this chain, since a day
AUDITSEAL#<chain>      <sequence>               the seal of a fact
AUDITSEALED#<chain>#.. <time>#<id>              that a fact is sealed: a day's facts and these are read side by side
AUDITSEGMENT#<chain>   <first sequence>         what is exported as one object; AUDITSTORED#.. that it was
"""

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model


class FolderRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    revision = NumberAttribute()
    clinic_id = UnicodeAttribute()
    exam_id = UnicodeAttribute()
    patient_id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    requester_id = UnicodeAttribute()
    protocol = UnicodeAttribute()
    exam_version = NumberAttribute()
    opened_version = NumberAttribute()
    files = JSONAttribute()
    failed_checks = JSONAttribute()
    closed_to = ListAttribute(of=UnicodeAttribute)


class FileRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    verification_code = UnicodeAttribute(null=True)
    file = JSONAttribute()


class ProofRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    status = UnicodeAttribute()
    report_version = NumberAttribute()
    sha256 = UnicodeAttribute()
    signed_at = UnicodeAttribute()
    signer = UnicodeAttribute(null=True)


class ReaderRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    exam = JSONAttribute()


class InboxRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = NumberAttribute()  # the table's time to live


class OutboxIndex(GlobalSecondaryIndex["OutboxRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "outbox"
        projection = AllProjection()

    outbox_shard = UnicodeAttribute(hash_key=True)
    outbox_at = UnicodeAttribute(range_key=True)


class OutboxRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    outbox_shard = UnicodeAttribute()
    outbox_at = UnicodeAttribute()
    lease_until = NumberAttribute(default=0)  # milliseconds; whoever holds it publishes
    message_id = UnicodeAttribute()
    type = UnicodeAttribute()
    destination = UnicodeAttribute()
    body = UnicodeAttribute()
    traceparent = UnicodeAttribute()
    index = OutboxIndex()


class AuditByPatient(GlobalSecondaryIndex["AuditRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "audit_by_patient"
        projection = AllProjection()

    audit_patient = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class AuditRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    actor_id = UnicodeAttribute()
    actor_roles = ListAttribute(of=UnicodeAttribute)
    action = UnicodeAttribute()
    clinic_id = UnicodeAttribute()
    patient_id = UnicodeAttribute(null=True)
    resource = UnicodeAttribute(null=True)
    purpose = UnicodeAttribute()
    address = UnicodeAttribute(null=True)
    trace_id = UnicodeAttribute(null=True)
    audit_patient = UnicodeAttribute(null=True)  # the patient once more, under a name no other item has
    by_patient = AuditByPatient()


class ChainRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    since = UnicodeAttribute()


class SealRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    row_pk = UnicodeAttribute()
    row_sk = UnicodeAttribute()
    row_hash = UnicodeAttribute()
    previous = UnicodeAttribute()
    chain_hash = UnicodeAttribute()
    sealed_at = UnicodeAttribute()


class SealedRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class SegmentRow(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    last = NumberAttribute(null=True)

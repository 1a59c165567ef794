"""What the emulator lacks of those who carry messages to people. Loaded by emulator.py alone, in the engines' Python.

SES takes a message's tags and tells a configuration set's event destination how it went; here the tags are kept and
the events published to the default event bus, as SES does. AWS End User Messaging SMS (`sms-voice`) is not emulated
at all: its one call that the product makes is answered here, texts lie among those of SNS, and its receipts go to the
same bus. Events are those of AWS's own documentation, with the fields that a receiver can rely on:
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html (the same JSON as `detail`) and
https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html

The addresses of SES's mailbox simulator (bounce@ and complaint@simulator.amazonses.com) bounce and complain.
"""

import json
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import ministack.app as emulator  # type: ignore[import-not-found]
from ministack.core.iam_actions import SERVICE_TO_IAM_NAMESPACE  # type: ignore[import-not-found]
from ministack.core.router import SERVICE_PATTERNS  # type: ignore[import-not-found]
from ministack.services import eventbridge, ses, ses_v2, sns  # type: ignore[import-not-found]

_SMS = "sms-voice"
_KEPT_EVENTS = 100
_SIMULATOR = "@simulator.amazonses.com"
_DETAIL_TYPES = {
    "Send": "Email Sent",
    "Delivery": "Email Delivered",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
}
Answer = tuple[int, dict[str, str], bytes]


def complete_the_providers() -> None:
    """Call before the emulator starts."""
    answer_email = ses_v2.handle_request

    async def send_email(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        answer = await answer_email(method, path, headers, body, query)
        if method == "POST" and path.rstrip("/") == "/v2/email/outbound-emails" and answer[0] == 200:
            _email_taken(json.loads(body), json.loads(answer[2])["MessageId"])
        return answer

    ses_v2.handle_request = send_email
    SERVICE_PATTERNS[_SMS] = {"target_prefixes": ["PinpointSMSVoiceV2"], "credential_scope": _SMS}
    SERVICE_TO_IAM_NAMESPACE[_SMS] = _SMS
    emulator.SERVICE_HANDLERS[_SMS] = _sms_voice


def _email_taken(asked: dict[str, Any], message_id: str) -> None:
    tags = {tag["Name"]: [tag["Value"]] for tag in asked.get("EmailTags", [])}
    configuration_set = asked.get("ConfigurationSetName", "")
    for record in reversed(ses._sent_emails_list()):
        if record["MessageId"] == message_id:
            record |= {"EmailTags": tags, "ConfigurationSetName": configuration_set}
            break
    wanted = _wanted_events(configuration_set)
    for kind, details in _email_events(asked["Destination"]["ToAddresses"]):
        if kind.upper() in wanted:
            detail = {
                "eventType": kind,
                "mail": {
                    "timestamp": _now(),
                    "source": asked["FromEmailAddress"],
                    "messageId": message_id,
                    "destination": asked["Destination"]["ToAddresses"],
                    "tags": {"ses:configuration-set": [configuration_set], **tags},
                },
                kind.lower(): details,
            }
            _tell("aws.ses", _DETAIL_TYPES[kind], detail)


def _email_events(to: list[str]) -> list[tuple[str, dict[str, Any]]]:
    addressed = {address.partition("@")[0] for address in to if address.endswith(_SIMULATOR)}
    if "bounce" in addressed:
        bounce = {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": _now()}
        return [("Send", {}), ("Bounce", bounce)]
    events: list[tuple[str, dict[str, Any]]] = [("Send", {}), ("Delivery", {"timestamp": _now()})]
    if "complaint" in addressed:
        events.append(("Complaint", {"complaintFeedbackType": "abuse", "timestamp": _now()}))
    return events


def _wanted_events(configuration_set: str) -> set[str]:
    """The types that an enabled event destination of the set sends to the event bus."""
    known = ses_v2._config_sets.get(configuration_set) or {}
    return {
        kind
        for destination in (known.get("EventDestinations") or {}).values()
        if destination["Enabled"] and destination.get("EventBridgeDestination")
        for kind in destination["MatchingEventTypes"]
    }


async def _sms_voice(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
    asked = json.loads(body or b"{}")
    target = next(value for name, value in headers.items() if name.lower() == "x-amz-target")
    if not target.endswith(".SendTextMessage"):
        return _json(400, {"__type": "UnknownOperationException", "Message": target})
    phone, text, message_id = asked["DestinationPhoneNumber"], asked["MessageBody"], str(uuid4())
    if not phone.startswith("+") or not phone[1:].isdigit():
        return _json(400, {"__type": "ValidationException", "Reason": "INVALID_PARAMETER", "Message": ""})
    context = asked.get("Context", {})
    attributes = {name: {"DataType": "String", "StringValue": value} for name, value in context.items()}
    sns._sms_log_for(phone).append(
        {
            "PhoneNumber": phone,
            "MessageId": message_id,
            "Message": text,
            "MessageAttributes": attributes,
            "MessageStructure": None,
            "Subject": None,
            "TopicArn": None,
            "SubscriptionArn": None,
        }
    )
    for kind, final in (("SENT", False), ("DELIVERED", True)):
        detail = {
            "eventType": f"TEXT_{kind}",
            "eventVersion": "1.0",
            "eventTimestamp": int(time.time() * 1000),
            "isFinal": final,
            "destinationPhoneNumber": phone,
            "messageId": message_id,
            "messageRequestTimestamp": int(time.time() * 1000),
            "messageType": asked.get("MessageType", "TRANSACTIONAL"),
            "messageStatus": kind,
            "context": context,
        }
        _tell("aws.sms-voice", "Text Message Delivery Status Updated", detail)
    return _json(200, {"MessageId": message_id})


def _tell(source: str, detail_type: str, detail: dict[str, Any]) -> None:
    entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    del eventbridge._events_log_list()[:-_KEPT_EVENTS]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(status: int, content: dict[str, Any]) -> Answer:
    return status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps(content).encode()

"""Every metric of Laudo, declared once; docs/observability.md says what each is for (a test compares them).

Labels are bounded by the code: route templates, methods, statuses, queues, message types, channels, outcomes. Never an
id, a path that a person typed, a name, a value, a contact. The scrape says which service and process it is.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

disable_created_metrics()  # type: ignore[no-untyped-call] # a second series beside each, which nobody asks for

_REQUEST_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_MESSAGE_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUEST_SECONDS = Histogram(
    "laudo_http_request_duration_seconds",
    "Time from a request's arrival to the end of its answer.",
    ["method", "route", "status"],
    buckets=_REQUEST_BUCKETS_S,
)

OUTBOX_LAG_SECONDS = Gauge(
    "laudo_outbox_lag_seconds",
    "Age of the oldest message that the relay found at its last look; 0 when there was none.",
    ["store"],
)
OUTBOX_WAITING = Gauge(
    "laudo_outbox_waiting",
    "Messages that waited at the relay's last look, counted to 1,000 (DynamoDB: those it claimed).",
    ["store"],
)
OUTBOX_PUBLISHED = Counter(
    "laudo_outbox_published",
    "Messages handed to the broker, by what it answered.",
    ["destination", "type", "outcome"],
)

MESSAGES = Counter(
    "laudo_messages",
    "Received messages by what the inbox made of them: done, repeat, stale, parked, failed, malformed.",
    ["queue", "type", "outcome"],
)
MESSAGE_SECONDS = Histogram(
    "laudo_message_duration_seconds",
    "Time that a message's effect took.",
    ["queue"],
    buckets=_MESSAGE_BUCKETS_S,
)
QUEUE_AGE_SECONDS = Gauge(
    "laudo_queue_age_seconds",
    "Age of the oldest message of the queue, as far as this worker can tell.",
    ["queue"],
)
QUEUE_WAITING = Gauge("laudo_queue_waiting", "Messages in the queue that nobody has in hand.", ["queue"])
QUEUE_IN_HAND = Gauge("laudo_queue_in_hand", "Messages that were received and not settled yet.", ["queue"])
DEAD_LETTERS = Gauge("laudo_dead_letters", "Messages among the queue's dead letters.", ["queue"])

SENDS = Counter(
    "laudo_sends", "Attempts to send a message to a person, by channel and outcome.", ["channel", "outcome"]
)

REPORTS_WAITING = Gauge(
    "laudo_reports_waiting", "Released reports that wait for this stage, counted to 1,000.", ["stage"]
)
REPORTS_WAITING_SECONDS = Gauge(
    "laudo_reports_waiting_seconds",
    "How long the oldest released report has waited for this stage.",
    ["stage"],
)

ALL = (
    REQUEST_SECONDS,
    OUTBOX_LAG_SECONDS,
    OUTBOX_WAITING,
    OUTBOX_PUBLISHED,
    MESSAGES,
    MESSAGE_SECONDS,
    QUEUE_AGE_SECONDS,
    QUEUE_WAITING,
    QUEUE_IN_HAND,
    DEAD_LETTERS,
    SENDS,
    REPORTS_WAITING,
    REPORTS_WAITING_SECONDS,
)

"""The dead letters of one service's own queues in SQS: looked at, sent back, or thrown away.

SQS knows no looking: a letter is received, hidden for a while, and made visible again. So every operation here first
`hold`s letters and in the end `let_go`es of those it did not move; a process that dies in between leaves them hidden
until the hold ends by itself, and loses none. A redrive sends first and deletes afterwards: dying in between leaves
a second copy, which the consumer's inbox absorbs. (`StartMessageMoveTask` would choose neither by clinic nor one
letter, would keep the count of failures, and no emulator has it.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.shared.platform.dead_letters.letter import DeadLetter, letter_of
from services.shared.platform.topology import Topology

HOLD_S = 60  # long enough to walk a full queue and move what was chosen
_AT_ONCE = 10  # SQS gives and takes so many
_AT_MOST = 1000  # letters in one look: a flood is worked off in several
_LAST_LOOK_S = 1  # a long poll asks all of SQS's servers, a short one only some


@dataclass(frozen=True, slots=True)
class Held:
    """What was found in one queue. `is_partial`: there are more, or somebody else has some in hand right now."""

    letters: Sequence[DeadLetter]
    is_partial: bool


class SqsDeadLetters:
    """Every method waits for SQS: call it in a thread. `connect` is called once, when a client is first needed."""

    def __init__(self, connect: Callable[[], Any], topology: Topology, service: str) -> None:
        self._connect = connect
        self._topology = topology
        self._urls: dict[str, str] = {}
        self._client: Any = None
        self.queues = tuple(topology.queues_of(service))

    def hold(self, queue: str) -> Held:
        """Receive the queue's dead letters, the oldest `_AT_MOST` roughly, and hide them for `HOLD_S`."""
        url, found = self._dead(queue), dict[str, DeadLetter]()
        waiting, in_use = self._counts(url)
        while len(found) < _AT_MOST:
            batch = [letter_of(queue, message) for message in self._receive(url, waiting > len(found))]
            news = [letter for letter in batch if letter.id not in found]
            found |= {letter.id: letter for letter in batch}  # the newest receipt is the one that counts
            if not news:
                break
        letters = sorted(found.values(), key=lambda letter: letter.died_at, reverse=True)
        return Held(letters, is_partial=in_use > 0 or len(found) >= _AT_MOST)

    def let_go(self, queue: str, letters: Sequence[DeadLetter]) -> None:
        """Make held letters visible again, at once."""
        for start in range(0, len(letters), _AT_ONCE):
            entries = [
                {"Id": str(index), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for index, letter in enumerate(letters[start : start + _AT_ONCE])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=self._dead(queue), Entries=entries)

    def redrive(self, letter: DeadLetter) -> None:
        """Send it to its queue as if it came for the first time: no failures counted. Then forget the dead one."""
        self._sqs.send_message(QueueUrl=self._url(letter.queue), MessageBody=letter.body)
        self.discard(letter)

    def discard(self, letter: DeadLetter) -> None:
        self._sqs.delete_message(QueueUrl=self._dead(letter.queue), ReceiptHandle=letter.receipt)

    def _receive(self, url: str, expects_more: bool) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=_AT_ONCE,
            VisibilityTimeout=HOLD_S,
            WaitTimeSeconds=_LAST_LOOK_S if expects_more else 0,
            MessageAttributeNames=["All"],
            AttributeNames=["SentTimestamp"],
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _counts(self, url: str) -> tuple[int, int]:
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names))["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def _dead(self, queue: str) -> str:
        return self._url(self._topology.dead_letters_of(queue))

    def _url(self, name: str) -> str:
        if name not in self._urls:
            self._urls[name] = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        return self._urls[name]

    @property
    def _sqs(self) -> Any:
        if self._client is None:
            self._client = self._connect()
        return self._client

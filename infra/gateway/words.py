"""The words of `/local/numbers`, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    title: str
    outbox: str
    stop: str
    go_on: str
    answers: str
    silent: str
    outbox_of_events: str
    queues: str
    sends: str
    unsigned: str
    channel: str
    of_processes: tuple[str, ...]
    of_outbox: tuple[str, ...]
    of_queues: tuple[str, ...]
    of_reports: tuple[str, ...]
    outcomes: Mapping[str, str]  # of an attempt to send, by the label's value


WORDS = {
    "pt-BR": Words(
        title="Números ao vivo",
        outbox="Caixa de saída local",
        stop="Parar a atualização",
        go_on="Voltar a atualizar",
        answers="responde",
        silent="não responde",
        outbox_of_events="Eventos a publicar",
        queues="Filas",
        sends="Envios a pessoas",
        unsigned="Laudos liberados sem assinatura",
        channel="canal",
        of_processes=("processo", "estado", "pedidos", "por s", "erros 5xx", "p50 ms ≤", "p95 ms ≤", "MB"),
        of_outbox=("esperando", "atraso s", "publicados", "recusados"),
        of_queues=(
            "fila", "esperando", "em mãos", "idade s", "mortas",
            "feitas", "repetidas", "velhas", "à espera", "falhas", "inválidas",
        ),
        of_reports=("esperando", "há s"),
        outcomes={
            "sent": "enviados", "held": "adiados", "suppressed": "suprimidos", "retry": "a repetir",
            "failed": "falharam", "unknown": "sem resposta", "lost": "de outro", "broke": "quebraram",
        },
    ),
    "en": Words(
        title="Live numbers",
        outbox="Local outbox",
        stop="Stop renewing",
        go_on="Renew again",
        answers="answers",
        silent="does not answer",
        outbox_of_events="Events to publish",
        queues="Queues",
        sends="Sends to people",
        unsigned="Released reports without signature",
        channel="channel",
        of_processes=("process", "state", "requests", "per s", "5xx errors", "p50 ms ≤", "p95 ms ≤", "MB"),
        of_outbox=("waiting", "lag s", "published", "refused"),
        of_queues=(
            "queue", "waiting", "in hand", "age s", "dead",
            "done", "repeat", "stale", "parked", "failed", "malformed",
        ),
        of_reports=("waiting", "for s"),
        outcomes={},
    ),
}  # fmt: skip

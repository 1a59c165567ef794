"""The gateway in front of real upstreams: a process on a real port, streams in both directions."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from infra.local.engines.process import Child, Command, free_port, wait_until
from infra.local.runner.readiness import answers_ok
from tests.support.embedded import REPOSITORY, EmbeddedAws


@dataclass
class Upstream:
    """Tells what reached it, streams events, and remembers who went away."""

    port: int
    streams: int = 0
    served: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/metrics":
            await self._metrics(send)
            return
        if scope["path"].endswith("/events"):
            await self._events(receive, send)
            return
        size, more = 0, True
        while more:
            message = await receive()
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = json.dumps(
            {
                "method": scope["method"],
                "path": scope["raw_path"].decode(),
                "query": scope["query_string"].decode(),
                "headers": headers,
                "size": size,
            }
        ).encode()
        answer = [(b"content-type", b"application/json"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
        status = 204 if scope["path"].endswith("/nothing") else 200
        await send({"type": "http.response.start", "status": status, "headers": answer})
        await send({"type": "http.response.body", "body": b"" if status == 204 else body})

    async def _metrics(self, send: Any) -> None:
        name = "laudo_http_request_duration_seconds"
        labels = 'method="GET",route="/x",status="200"'
        lines = [f"# TYPE {name} histogram"]
        lines += [
            f'{name}_bucket{{{labels},le="{edge}"}} {count}' for edge, count in (("0.01", 9), ("+Inf", 12))
        ]
        lines += [f"{name}_count{{{labels}}} 12", f"{name}_sum{{{labels}}} 0.4", ""]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": "\n".join(lines).encode()})

    async def _events(self, receive: Any, send: Any) -> None:
        self.streams += 1
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: first\n\n", "more_body": True})
        await receive()  # the request's own end
        await receive()  # returns when the client is gone
        self.streams -= 1


@pytest.fixture(scope="module")
async def upstream() -> AsyncIterator[Upstream]:
    app = Upstream(free_port())
    config = uvicorn.Config(app, host="127.0.0.1", port=app.port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    yield app
    server.should_exit = True
    await serving


@pytest.fixture(scope="module")
def gateway(upstream: Upstream, aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, address = free_port(), f"http://127.0.0.1:{upstream.port}"
    env = {
        "PATH": os.environ["PATH"],
        "LAUDO_HTTP_PORT": str(port),
        "LAUDO_AWS_ENDPOINT_URL": aws.url,
        "LAUDO_UPSTREAM_ACCOUNTS": address,
        "LAUDO_UPSTREAM_EXAM_RESULTS": address,
        "LAUDO_UPSTREAM_FILE_MANAGEMENT": address,
        "LAUDO_UPSTREAM_NOTIFICATION": f"http://127.0.0.1:{free_port()}",  # nobody is there
        "LAUDO_SCRAPED": json.dumps({"accounts-api": address, "notification-worker": "http://127.0.0.1:9"}),
        "LAUDO_UPSTREAM_PORTAL": f"http://127.0.0.1:{free_port()}",
    }
    log: Path = tmp_path_factory.mktemp("gateway") / "gateway.log"
    child = Child("gateway", log)
    child.launch(Command([sys.executable, "-m", "infra.gateway.application"], env=env, cwd=REPOSITORY))
    wait_until(answers_ok(port, "/local/outbox"), child, 30)
    yield f"http://localhost:{port}"
    child.stop()


@pytest.fixture
async def http(gateway: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway) as client:
        yield client


async def test_a_request_arrives_as_it_was_sent_with_the_callers_true_address(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.request(
        "PUT",
        "/api/v1/exams/a%2Fb?q=%C3%A9&page=1",
        headers={"X-Forwarded-For": "6.6.6.6", "Connection": "X-Secret", "X-Secret": "1", "TE": "trailers"},
        content=b"x" * 10,
    )
    arrived = answer.json()
    assert (arrived["method"], arrived["path"], arrived["query"]) == (
        "PUT",
        "/api/v1/exams/a%2Fb",
        "q=%C3%A9&page=1",
    )
    assert arrived["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert arrived["headers"]["x-forwarded-proto"] == "http"
    assert arrived["headers"]["host"] == http.base_url.netloc.decode()
    assert not {"x-secret", "te"} & set(arrived["headers"])
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_large_body_passes_whole(http: httpx.AsyncClient, chunked: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b"x" * 100_000

    content = pieces() if chunked else b"x" * 5_000_000
    answer = await http.post("/api/v1/files/upload", content=content)
    assert answer.json()["size"] == 5_000_000


async def test_a_stream_of_events_is_passed_on_at_once_and_ends_when_the_reader_leaves(
    http: httpx.AsyncClient, upstream: Upstream
) -> None:
    async with http.stream("GET", "/api/v1/exams/events") as stream:
        assert await anext(stream.aiter_text()) == "data: first\n\n"
        assert upstream.streams == 1
    for _ in range(100):
        if not upstream.streams:
            break
        await asyncio.sleep(0.02)
    assert upstream.streams == 0


async def test_answers_without_a_body_leave_the_connection_usable(http: httpx.AsyncClient) -> None:
    for _ in range(3):
        assert (await http.get("/api/v1/exams/nothing")).status_code == 204
        assert (await http.head("/api/v1/exams/x")).status_code == 200
        assert (await http.get("/api/v1/exams/x")).json()["size"] == 0


async def test_a_part_that_is_down_is_told_calmly_in_the_readers_language(http: httpx.AsyncClient) -> None:
    portuguese = await http.get("/")
    assert portuguese.status_code == 503
    assert "Nada se perdeu" in portuguese.text
    assert portuguese.headers["retry-after"] == "3"
    english = await http.get("/", headers={"Accept-Language": "en-US,pt;q=0.5"})
    assert "Nothing is lost" in english.text
    program = await http.get("/api/v1/notifications/")
    assert program.headers["content-type"] == "application/problem+json"
    assert program.json()["code"] == "gateway.upstream_unavailable"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "//metrics", "/%6detrics", "/metrics?x=1"])
async def test_metrics_are_not_answered_to_the_outside(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code in (404, 503)  # 503: the portal, which refuses too, is down here
    assert "laudo_" not in answer.text


async def test_the_live_numbers_show_each_process_the_silent_ones_too(http: httpx.AsyncClient) -> None:
    portuguese = await http.get("/local/numbers", headers={"Accept-Language": "pt-BR"})
    accounts, notification = portuguese.text.split("<article")[1:]
    assert "<td>12</td>" in accounts
    assert "não responde" not in accounts
    assert "<td>worker</td>" in notification
    assert "não responde" in notification
    assert 'href="/local/outbox"' in portuguese.text
    assert 'http-equiv="refresh" content="2"' in portuguese.text
    assert "script" not in portuguese.text
    still = await http.get("/local/numbers?still", headers={"Accept-Language": "en"})
    assert "does not answer" in still.text
    assert "http-equiv" not in still.text
    assert 'href="/local/numbers"' in (await http.get("/local/outbox")).text


async def test_a_foreign_host_name_is_not_served(http: httpx.AsyncClient) -> None:
    answer = await http.get("/local/outbox.json", headers={"Host": "evil.example"})
    assert answer.status_code == 421


async def test_the_outbox_shows_what_was_sent_newest_first_and_harmless(
    http: httpx.AsyncClient, aws: EmbeddedAws
) -> None:
    aws.client("notification", "sesv2").send_email(
        FromEmailAddress="nao-responda@laudo.example",
        Destination={"ToAddresses": ["ana@example.com"]},
        Content={
            "Simple": {
                "Subject": {"Data": "Resultado disponível"},
                "Body": {"Text": {"Data": "<script>alert(1)</script> http://localhost:8080/exames"}},
            }
        },
    )
    await asyncio.sleep(0.1)
    aws.client("notification", "pinpoint-sms-voice-v2").send_text_message(
        DestinationPhoneNumber="+5511900000201", MessageBody="Laudo: olá"
    )
    await asyncio.sleep(0.5)
    messages = (await http.get("/local/outbox.json")).json()["messages"][:2]  # other tests send too
    assert [one["kind"] for one in messages] == ["sms", "email"]
    assert messages[1]["to"] == "ana@example.com"
    page = (await http.get("/local/outbox", headers={"Accept-Language": "pt-BR"})).text
    assert "Caixa de saída" in page
    assert "<script>" not in page
    assert '<a href="http://localhost:8080/exames">' in page

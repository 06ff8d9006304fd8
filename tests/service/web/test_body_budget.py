"""Bodies that wait have one bound in common, and give it back with their answers."""

import asyncio
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from service.web.body_limits import BodyLimitMiddleware

LIMIT_BYTES, TOTAL_BYTES = 100, 250


class Sender:
    """A request whose body comes as it is told."""

    def __init__(self, guard: BodyLimitMiddleware) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.answer: list[Message] = []
        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        self.task = asyncio.create_task(guard(scope, self.sent.get, self._hear))

    async def _hear(self, message: Message) -> None:
        self.answer.append(message)

    async def send(self, size_bytes: int, *, more: bool) -> None:
        self.sent.put_nowait({"type": "http.request", "body": b"x" * size_bytes, "more_body": more})
        for _ in range(20):
            await asyncio.sleep(0)


async def read_all(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await Response(str(len(body)))(scope, receive, send)


def test_who_comes_when_there_is_no_room_is_told_and_room_comes_back() -> None:
    async def work() -> None:
        guard = BodyLimitMiddleware(read_all, LIMIT_BYTES, TOTAL_BYTES, 60)
        waiting = [Sender(guard) for _ in range(3)]
        for sender in waiting:
            await sender.send(80, more=True)
        late = Sender(guard)
        await late.send(80, more=True)
        await late.task
        start, body = late.answer
        headers = dict(start["headers"])
        assert start["status"] == 503
        assert int(headers[b"retry-after"]) > 0
        assert headers[b"connection"] == b"close"
        assert json.loads(body["body"])["code"] == "busy"
        for sender in waiting:
            await sender.send(0, more=False)
            await sender.task
            assert sender.answer[0]["status"] == 200
            assert sender.answer[1]["body"] == b"80"
        for _ in range(10):
            again = Sender(guard)
            await again.send(LIMIT_BYTES, more=False)
            await again.task
            assert again.answer[0]["status"] == 200

    asyncio.run(work())

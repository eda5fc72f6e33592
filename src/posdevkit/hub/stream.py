"""Server-sent events (WHATWG HTML, 9.2): what devices tell, to one reader, as it happens.

No event has an id: nothing here is kept, so there is nothing to resume from, and a reader who was away starts with how
things stand. What a slow reader misses is told as `lost`; it holds up nobody else.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from posdevkit.errors import Closed, EventsLost, PosError
from posdevkit.runtime.deadline import Deadline, within

from .exchange import Stream
from .telling import Told, in_language
from .tokens import Token

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from .desk import Desk

__all__ = ["HEARTBEAT_SECONDS", "EventStream"]

HEARTBEAT_SECONDS: Final = 15.0
"""Quiet after which a comment shows that the stream lives; the token is looked at again then."""
STALLED_SECONDS: Final = 60.0
"""How long a reader may take nothing before its stream is ended."""


class EventStream:
    """One reader's stream."""

    def __init__(self, desk: Desk, stream: Stream, token: Token, language: str) -> None:
        self._desk = desk
        self._stream = stream
        self._token = token
        self._language = language

    @staticmethod
    def response(desk: Desk, stream: Stream, token: Token, language: str, ended: Callable[[], None]) -> Response:
        """The stream as an answer; `ended` is called once when it is over."""
        from starlette.responses import Response

        events = EventStream(desk, stream, token, language)

        class Streamed(Response):
            media_type = "text/event-stream"

            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                try:
                    await events.run(receive, send)
                finally:
                    ended()

        return Streamed()

    async def run(self, receive: Receive, send: Send) -> None:
        """Write until the reader leaves, the token is taken back, or the hub closes."""
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        writing = asyncio.create_task(self._write(send), name="posdevkit-hub-stream")
        leaving = asyncio.create_task(_left(receive), name="posdevkit-hub-left")
        try:
            await asyncio.wait({writing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            writing.cancel()
            leaving.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)
            self._stream.events.close()

    async def _write(self, send: Send) -> None:
        async def put(text: str) -> None:
            body = {"type": "http.response.body", "body": text.encode(), "more_body": True}
            await within(Deadline.after(STALLED_SECONDS, self._desk.clock), send(body))

        await put("retry: 2000\n\n" + "".join(map(self._event, self._stream.first)))
        while True:
            try:
                told = await self._stream.events.get(HEARTBEAT_SECONDS)
            except TimeoutError:
                if not self._still_paired():
                    break
                await put(": here\n\n")
            except EventsLost as problem:
                await put(f"event: lost\ndata: {json.dumps({'detail': problem.detail})}\n\n")
            except Closed:
                break
            else:
                if self._concerns(told):
                    await put(self._event(told))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _concerns(self, told: Told) -> bool:
        wanted = self._stream.wanted
        return told.only in (None, self._token.id) and (not wanted or told.event in wanted)

    def _event(self, told: Told) -> str:
        data = told.data
        if told.event == "claim":
            data = self._desk.claim_json(told.device, self._token.id)
        told_now = {"device": told.device, **in_language(data, self._language)}
        if told.secret is not None and told.only == self._token.id:
            told_now["payment_code"] = told.secret.reveal()
        return f"event: {told.event}\ndata: {json.dumps(told_now, ensure_ascii=False)}\n\n"

    def _still_paired(self) -> bool:
        try:
            known = [token.id for token in self._desk.tokens.all() if token.expires_at > self._desk.now()]
        except PosError:
            return False
        return self._token.id in known


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

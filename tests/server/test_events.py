"""Events over a real socket: resumed where they were left, alive while nothing happens, ended by Ctrl-C."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any

import httpx2

from posdevkit.contract import HlcClock
from tests.systems import CTRL_C

from .conftest import Process
from .shop import ANNA, BO, Till, sale


class Listener:
    """A subscriber that reads line by line."""

    def __init__(self, port: int, token: str, after: int | None = None, last_id: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        path = "/v1/events" if after is None else f"/v1/events?after={after}"
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last_id} if last_id else {})
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.comments: list[str] = []

    def event(self) -> dict[str, Any]:
        """The next event, its data read."""
        found: dict[str, Any] = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if line.startswith(":"):
                self.comments.append(line)
            elif line:
                name, _, value = line.partition(": ")
                found[name] = value
            elif "data" in found:
                return {**found, "data": json.loads(found["data"])}
            else:
                assert "id" not in found, "what is no event carries no id"
                found = {}

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


def pusher(base: str, token: str) -> Till:
    return Till(httpx2.Client(base_url=base), token, "1", HlcClock("test"))  # type: ignore[arg-type]


def test_events_resume_behind_what_was_seen(served: Process) -> None:
    tokens = served.tokens()
    till = pusher(served.base, tokens["till nord 1"])
    first = Listener(served.port, tokens["owner"])
    known = first.event()
    assert int(known["id"]) == known["data"]["seq"]
    first.close()
    sold = till.fact(sale(customer=ANNA, points=1))
    assert till.push(sold)[0]["verdict"] == "created"
    again = Listener(served.port, tokens["owner"], last_id=known["id"])
    seen = [again.event()]
    while seen[-1]["event"] != "customer" or seen[-1]["data"]["body"]["id"] != ANNA or "points" not in str(seen[-1]):
        seen.append(again.event())
    ids = [int(one["id"]) for one in seen]
    assert ids == sorted(set(ids))
    assert ids[0] > int(known["id"])
    assert sold["id"] in [one["data"]["body"].get("order") for one in seen]
    latest = ids[-1]
    live = Listener(served.port, tokens["owner"], after=latest)
    other = till.fact(sale(2))
    till.push(other)
    assert live.event()["data"]["body"]["order"] == other["id"]
    for one in (again, live):
        one.close()
    till.client.close()
    served.end()


def test_an_app_hears_of_its_customer_alone(served: Process) -> None:
    tokens = served.tokens()
    till = pusher(served.base, tokens["till nord 1"])
    client = httpx2.Client(base_url=served.base, headers={"Authorization": f"Bearer {tokens['app']}"})
    latest = client.get("/v1/sync/changes", params={"limit": 1000}).json()["next"]
    listener = Listener(served.port, tokens["app"], after=latest)
    for number, who in enumerate((BO, None, ANNA)):
        till.push(till.fact(sale(number + 1, customer=who, points=1 if who else 0)))
    heard = [listener.event() for _ in range(2)]
    assert {one["data"]["body"].get("customer") or one["data"]["body"]["id"] for one in heard} == {ANNA}
    listener.close()
    client.close()
    till.client.close()
    served.end()


def test_a_subscriber_that_does_not_read_holds_nobody_up(served: Process) -> None:
    tokens = served.tokens()
    till = pusher(served.base, tokens["till nord 1"])
    deaf = socket.create_connection(("127.0.0.1", served.port))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    deaf.sendall(f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tokens['owner']}\r\n\r\n".encode())
    listener = Listener(served.port, tokens["owner"], after=10**6)
    latest = httpx2.get(f"{served.base}/v1/sync/changes?limit=1000", headers=till.headers).json()["next"]
    listener.close()
    listener = Listener(served.port, tokens["owner"], after=latest)
    facts = [till.fact(sale(number, name="x" * 200)) for number in range(1, 301)]
    for start in range(0, 300, 100):
        till.push(*facts[start : start + 100])
    heard = [listener.event()["data"]["body"]["order"] for _ in range(300)]
    assert heard == [one["id"] for one in facts]
    listener.close()
    deaf.close()
    till.client.close()
    served.end()


@CTRL_C
def test_ctrl_c_ends_with_subscribers_attached(served: Process) -> None:
    token = served.tokens()["owner"]
    listeners = [Listener(served.port, token, after=10**6) for _ in range(5)]
    status, told = served.end()
    assert status in (0, 130), told
    assert "Traceback" not in told
    for one in listeners:
        assert b"id:" not in one.answer.read()
        one.close()


def test_heartbeats_carry_no_id_and_a_revoked_token_ends_the_stream() -> None:
    import asyncio

    from posdevkit.server.changes import Page
    from posdevkit.server.hub import Hub
    from posdevkit.server.tokens import Access

    asked: list[str] = []

    async def read(work: Any) -> Any:
        asked.append(getattr(work, "__name__", ""))
        if work is valid:
            return len([one for one in asked if one == "valid"]) < 3
        return 0 if len(asked) == 1 else Page((), 0, False)

    def valid(_connection: object) -> bool:
        raise AssertionError("the stub above answers")

    async def listen() -> list[bytes]:
        hub = Hub(read, heartbeat=0.01)
        access = Access("t", "demo", "owner", None, None, None)
        return [data async for data in hub.subscribe(access, 0, valid)]

    heard = asyncio.run(listen())
    assert heard[1:] == [b": heartbeat\n\n"] * 3
    assert b"id:" not in b"".join(heard)

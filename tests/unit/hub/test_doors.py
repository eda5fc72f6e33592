"""Who gets in: names, pages, tokens and codes; what is told to the others is a problem with a remedy, and no more."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from starlette.routing import Route

from posdevkit.devices import Scanner
from posdevkit.errors import BadConfiguration, NotAuthorized, TooManyRequests
from posdevkit.hub.guard import Guard, origin_of
from posdevkit.hub.table import OPERATIONS
from posdevkit.hub.tokens import CODE_SECONDS, TOKEN_DAYS, TRIES, Tokens
from posdevkit.hub.web import PAGE
from posdevkit.runtime.clock import ManualClock

from .conftest import Counter

NOWHERE = "tcp://127.0.0.1:9"
PUBLIC = {"/v1/health", "/v1/pair", *PAGE}


@pytest.mark.asyncio
async def test_no_operation_is_reached_without_a_token(counter: Counter) -> None:
    async with counter.stack:
        hub = await counter.hub(Scanner(NOWHERE, name="till"))
        http = await counter.http(hub)
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic YTpi"}):
            for operation in OPERATIONS:
                path = re.sub(r"\{\w+\}", "till", operation.path)
                answer = await http.request(operation.method, path, headers=headers, json=operation.example)
                assert (answer.status_code == 401) is not operation.public or operation.path == "/v1/pair", path
                if not operation.public:
                    assert answer.headers["www-authenticate"] == "Bearer"
                    assert answer.json()["slug"] == "not-authorized"
        assert {operation.path for operation in OPERATIONS if operation.public} | set(PAGE) == PUBLIC


@pytest.mark.asyncio
async def test_what_is_no_operation_is_a_problem_too(counter: Counter) -> None:
    async with counter.stack:
        tablet = await counter.tablet(await counter.hub())
        for method, path, status in (
            ("GET", "/v1/nothing", 404),
            ("GET", "/docs", 404),
            ("POST", "/v1/devices", 405),
            ("GET", "/../../etc/passwd", 404),
            ("GET", "/v1/devices/%2e%2e%2f", 404),
            ("GET", "/v1/devices/no%0d%0aset-cookie:%20a=b", 404),
            ("GET", "/v1/scans", 404),
        ):
            answer = await tablet.ask(method, path)
            assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
            assert answer.json()["status"] == status
            assert "set-cookie" not in answer.headers


@pytest.mark.asyncio
async def test_the_page_allows_no_code_but_its_own(counter: Counter) -> None:
    async with counter.stack:
        http = await counter.http(await counter.hub())
        for path, (_, media) in PAGE.items():
            answer = await http.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (200, media)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
        page = (await http.get("/")).text
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=|javascript:", page)


@pytest.mark.asyncio
async def test_the_routes_are_the_table_and_the_page(counter: Counter) -> None:
    async with counter.stack:
        hub = await counter.hub()
        routes = [route for route in hub._server._routed().routes if isinstance(route, Route)]
        assert len(routes) == len(hub._server._routed().routes)
        routed = {(method, route.path) for route in routes for method in (route.methods or set()) - {"HEAD"}}
        # A key may hold a slash: that of a copy does.
        assert routed == {(one.method, one.path.replace("{key}", "{key:path}")) for one in OPERATIONS} | {
            ("GET", path) for path in PAGE
        }


@pytest.mark.asyncio
async def test_answers_do_not_wait_for_acknowledgements(counter: Counter) -> None:
    """Where the head and the body of an answer are two packets that wait for each other, each takes 40 ms on Linux."""
    async with counter.stack:
        http = await counter.http(await counter.hub())
        times = []
        for _ in range(30):
            start = time.perf_counter()
            await http.get("/v1/health")
            times.append(time.perf_counter() - start)
        assert sorted(times)[3] < 0.03


@pytest.mark.asyncio
async def test_a_lease_and_a_token_end_on_the_hubs_clock(counter: Counter) -> None:
    clock = ManualClock(1_000_000.0)
    async with counter.stack:
        scanner = Scanner(NOWHERE, name="till", clock=clock)
        hub = await counter.hub(scanner, clock=clock, now=clock.monotonic)
        bar, door = await counter.tablet(hub, "bar"), await counter.tablet(hub, "door")
        path = "/v1/devices/till/claim"
        assert (await bar.ask("POST", path, {"seconds": 30})).json()["until"] == "1970-01-12T13:47:10.000Z"
        await clock.run(29)
        assert (await door.ask("POST", path, {"seconds": 30})).json()["claim"]["seconds_left"] == 1
        await clock.run(1)
        assert (await bar.ask("PUT", path, {"seconds": 30})).status_code == 404
        assert (await door.ask("POST", path, {"seconds": 30})).json()["holder"] == "door"
        clock.advance(TOKEN_DAYS * 86_400)
        late = await bar.ask("GET", "/v1/devices")
        assert (late.status_code, late.json()["detail"]) == (401, "the token is too old")


async def raw(hub_url: str, text: str) -> bytes:
    """The answer to a request that no client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(hub_url).port)
    writer.write(text.encode("latin-1"))
    try:
        return await asyncio.wait_for(reader.read(4096), 5)
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "[::2]", "192.168.1.9", "", "a b"]
)
async def test_a_host_name_that_is_not_the_hubs_is_refused(counter: Counter, host: str) -> None:
    async with counter.stack:
        hub = await counter.hub()
        for path in ("/", "/v1/health", "/v1/devices"):
            answer = await raw(hub.url, f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            assert re.match(rb"HTTP/1.1 40[03] ", answer), answer
            assert b"posdevkit hub" not in answer
        heads = f"Host: localhost\r\nHost: {host or 'x'}\r\nConnection: close"
        twice = await raw(hub.url, f"GET / HTTP/1.1\r\n{heads}\r\n\r\n")
        assert re.match(rb"HTTP/1.1 40[03] ", twice), twice


@pytest.mark.asyncio
async def test_names_that_are_the_hubs_are_taken(counter: Counter) -> None:
    async with counter.stack:
        hub = await counter.hub(names=["hub.shop"])
        port = urlsplit(hub.url).port
        for host in (f"127.0.0.1:{port}", "localhost", "LOCALHOST:1", "hub.shop", f"hub.shop.:{port}", "[::1]:80"):
            answer = await raw(hub.url, f"GET /v1/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200 "), (host, answer)


@pytest.mark.asyncio
async def test_pages_of_others(counter: Counter) -> None:
    async with counter.stack:
        hub = await counter.hub(Scanner(NOWHERE, name="till"), origins=["https://pos.example:443/"])
        tablet = await counter.tablet(hub)
        own = urlsplit(hub.url).netloc
        for origin in (
            "https://evil.example",
            "null",
            "https://pos.example.evil",
            f"https://{own}",
            "http://localhost",
        ):
            for method, path in (("GET", "/v1/scans"), ("DELETE", "/v1/devices/till/claim"), ("GET", "/v1/events")):
                answer = await tablet.ask(method, path, headers={"origin": origin})
                assert (answer.status_code, answer.json()["slug"]) == (403, "forbidden"), (origin, method, path)
                assert "access-control-allow-origin" not in answer.headers
            before = await tablet.ask("OPTIONS", "/v1/devices", headers={"origin": origin})
            assert before.status_code == 403
        for origin in ("https://pos.example", f"http://{own}"):
            answer = await tablet.ask("DELETE", "/v1/devices/till/claim", headers={"origin": origin})
            assert answer.status_code == 204
            allowed = answer.headers.get("access-control-allow-origin")
            assert allowed == (origin if origin == "https://pos.example" else None)
            assert "access-control-allow-credentials" not in answer.headers
            assert answer.headers["vary"] == "Origin"
        asked = {
            "origin": "https://pos.example",
            "access-control-request-method": "POST",
            "access-control-request-private-network": "true",
        }
        before = await tablet.ask("OPTIONS", "/v1/printers/x/jobs", headers=asked)
        assert before.status_code == 204
        assert before.headers["access-control-allow-origin"] == "https://pos.example"
        assert before.headers["access-control-allow-private-network"] == "true"
        assert "Authorization" in before.headers["access-control-allow-headers"]


def test_origins_are_written_as_browsers_send_them() -> None:
    assert origin_of("https://POS.example:443") == "https://pos.example"
    assert origin_of("http://pos.example:8080/") == "http://pos.example:8080"
    for wrong in ("pos.example", "*", "https://pos.example/till", "ftp://pos.example", "https://"):
        with pytest.raises(BadConfiguration):
            Guard(origins=[wrong])


@pytest.mark.asyncio
async def test_bodies_that_are_too_large_or_no_json(counter: Counter) -> None:
    async with counter.stack:
        hub = await counter.hub(Scanner(NOWHERE, name="till"))
        tablet = await counter.tablet(hub)
        path, json_ = "/v1/devices/till/claim", {"content-type": "application/json"}
        big = await tablet.http.post(path, content=b" " * (2 * 1024 * 1024 + 1), headers=json_)
        assert (big.status_code, big.json()["slug"]) == (413, "too-large")

        async def dripping() -> AsyncIterator[bytes]:
            for _ in range(40):
                yield b" " * 65536

        chunked = await tablet.http.post(path, content=dripping(), headers=json_)
        assert chunked.status_code == 413
        form = await tablet.http.post(path, content=b'{"seconds": 9}', headers={"content-type": "text/plain"})
        assert (form.status_code, form.json()["slug"]) == (415, "not-json")
        for body in (b"{", b"[1]", b'{"seconds": 9, "seconds": 8}', b'{"seconds": NaN}', b"\xff", b"[" * 100_000, b""):
            answer = await tablet.http.post(path, content=body, headers=json_)
            assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body[:20]


@pytest.mark.asyncio
async def test_names_of_devices_and_tablets_are_told_as_text(counter: Counter) -> None:
    name = '<img src=x onerror="alert(1)">'
    async with counter.stack:
        hub = await counter.hub(Scanner(NOWHERE, name=name))
        tablet = await counter.tablet(hub, '<script>"x"')
        answer = await tablet.ask("GET", "/v1/devices")
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["devices"][0]["name"] == name
        claim = await tablet.ask("POST", f"/v1/devices/{quote(name)}/claim", {"seconds": 5})
        assert claim.json()["holder"] == '<script>"x"'
        for bad in ("", " ", "a\x00b", "x\u202ey"):
            refused = await tablet.ask("POST", "/v1/pair", {"code": await hub.pairing_code(), "name": bad})
            assert refused.status_code == 422, bad
    with pytest.raises(BadConfiguration):
        await Counter(counter.folder).hub(Scanner(NOWHERE, name="a/b"))


@pytest.mark.asyncio
async def test_a_wrong_code_and_many_wrong_codes(counter: Counter) -> None:
    async with counter.stack:
        hub = await counter.hub()
        http = await counter.http(hub)
        code = await hub.pairing_code()

        async def pair(code: object) -> httpx2.Response:
            return await http.post("/v1/pair", json={"code": code, "name": "x"})

        wrong = await pair("AAAAAAAA")
        assert (wrong.status_code, wrong.json()["slug"]) == (401, "not-authorized")
        assert (await pair(5)).status_code == 422
        spelled = f" {code[:4].lower()}-{code[4:].lower()} "
        assert (await pair(spelled)).status_code == 201
        assert (await pair(code)).status_code == 401, "a code lets one tablet in"
        code = await hub.pairing_code()
        answers = [await pair("B" * 8) for _ in range(8)]
        assert {answer.status_code for answer in answers} == {401}
        last = await pair(code)
        assert (last.status_code, last.json()["slug"]) == (429, "too-many-requests")
        assert last.headers["retry-after"] == "60"


def tokens(folder: Path, clock: ManualClock) -> Tokens:
    return Tokens(folder / "t.db", now=clock.monotonic, clock=clock)


def test_a_code_is_void_after_wrong_tries_and_after_its_time(tmp_path: Path) -> None:
    clock = ManualClock(1_000_000.0)
    desk = tokens(tmp_path, clock)
    code = desk.new_code()
    for _ in range(TRIES):
        with pytest.raises(NotAuthorized):
            desk.pair("WRONG", "x")
    with pytest.raises(NotAuthorized):
        desk.pair(code, "x")
    code = desk.new_code()
    clock.advance(CODE_SECONDS)
    with pytest.raises(NotAuthorized):
        desk.pair(code, "x")
    clock.advance(61)
    code = desk.new_code()
    for _ in range(3):
        with pytest.raises(NotAuthorized):
            desk.pair("", "x")
    token, secret = desk.pair(code, "x")
    assert desk.of(secret) == token
    desk.close()


def test_ten_wrong_codes_within_a_minute_close_the_door_for_a_while(tmp_path: Path) -> None:
    clock = ManualClock(1_000_000.0)
    desk = tokens(tmp_path, clock)
    for _ in range(10):
        with pytest.raises(NotAuthorized):
            desk.pair("WRONG", "x")
    code = desk.new_code()
    with pytest.raises(TooManyRequests):
        desk.pair(code, "x")
    clock.advance(61)
    desk.pair(code, "x")
    desk.close()


def test_tokens_end_are_listed_and_are_in_no_file_in_clear(tmp_path: Path) -> None:
    clock = ManualClock(1_000_000.0)
    desk = tokens(tmp_path, clock)
    code = desk.new_code()
    token, secret = desk.pair(code, "bar")
    assert [one.name for one in desk.all()] == ["bar"]
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert secret.encode() not in data
        assert code.encode() not in data
    with pytest.raises(NotAuthorized):
        desk.of(token.id)
    clock.advance(TOKEN_DAYS * 86_400)
    with pytest.raises(NotAuthorized) as old:
        desk.of(secret)
    assert old.value.remedy() == "Pair this device again, or give it a valid token."
    other = tokens(tmp_path, clock)  # another process
    other.revoke(token.id)
    other.close()
    assert desk.all() == []
    desk.close()

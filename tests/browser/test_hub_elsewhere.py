"""The hub's module in a page of another origin: an allowed one works, another one gets nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from posdevkit.devices import Scanner
from posdevkit.hub import Hub, lend
from posdevkit.runtime.background import run

from .conftest import Browser

USE = """
const [url, code, done] = arguments;
(async () => {
  const { Hub } = await import(url + "/posdevkit-hub.js");
  const hub = new Hub(url);
  await hub.pair(code, "another page");
  const stop = new AbortController();
  for await (const { event, data } of hub.events({ signal: stop.signal })) {
    if (event !== "device") continue;
    stop.abort();
    return done({ name: data.name, holder: (await hub.claim("till", 5)).holder });
  }
})().catch((problem) => done({ problem: String(problem) }));
"""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The origin of a page that is not the hub's."""

    class Page(BaseHTTPRequestHandler):
        timeout = 0.5  # browsers open connections that they may need later

        def do_GET(self) -> None:
            body = b"<!doctype html><title>elsewhere</title>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's own name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        server.daemon_threads = False  # waited for at the end
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("allowed", [True, False])
def test_a_page_of_another_origin(browser: Browser, elsewhere: str, tmp_path: Path, allowed: bool) -> None:
    async def start() -> Hub:
        scanner = Scanner("tcp://127.0.0.1:9", name="till")
        return await lend([scanner], tmp_path / "hub.db", port=0, origins=[elsewhere] if allowed else [])

    hub = run(start)
    try:
        browser.open(elsewhere)
        told = browser.driver.execute_async_script(USE, hub.url, run(hub.pairing_code))
    finally:
        run(hub.close)
    if allowed:
        assert told == {"name": "till", "holder": "another page"}
    else:
        assert "Failed to fetch" in told["problem"]

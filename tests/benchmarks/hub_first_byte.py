"""From a tablet's request until the printer's first byte, beside a direct `print()` of the same receipt."""

from __future__ import annotations

import http.client
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from harness import Row

import posdevkit as pos
from posdevkit.documents.json import receipt_to_json

AIM_MS = 5.0
PROFILE = "generic-mute"
RECEIPT = pos.Receipt().title("Café Nord").row("Flat white", "38,00").total("38,00", "I alt").cut()


class Ear:
    """A printer that never answers, and notes when something came after a silence."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._came = threading.Event()
        self._at = 0.0
        self._armed = False
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._listen, args=(line,), daemon=True).start()

    def _listen(self, line: socket.socket) -> None:
        with line:
            while line.recv(65536):
                if self._armed:
                    self._at, self._armed = time.perf_counter(), False
                    self._came.set()

    def seconds_to(self, act: Callable[[], object]) -> float:
        """From the call of `act` until the first byte."""
        self._came.clear()
        self._armed = True
        start = time.perf_counter()
        act()
        if not self._came.wait(10):
            raise TimeoutError("nothing was printed")
        return self._at - start

    def close(self) -> None:
        self._server.close()


@contextmanager
def tablet(url: str, code: str) -> Iterator[Callable[[str], object]]:
    """Prints under a key over one kept connection."""
    line = http.client.HTTPConnection(urlsplit(url).netloc)
    line.connect()
    line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(path: str, body: object, headers: dict[str, str]) -> dict[str, str]:
        line.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer: dict[str, str] = json.loads(line.getresponse().read())
        return answer

    token = post("/v1/pair", {"code": code, "name": "bench"}, {})["token"]
    headers = {"Authorization": f"Bearer {token}"}
    document = receipt_to_json(RECEIPT)
    try:
        yield lambda key: post("/v1/printers/bar/jobs", {"key": key, "document": document}, headers)
    finally:
        line.close()


def measure(rounds: int) -> list[Row]:
    """In turns: the blocking driver, the durable queue, and the hub that has the queue behind it."""
    direct, queued, lent = Ear(), Ear(), Ear()
    times: dict[str, list[float]] = {"direct": [], "queue": [], "hub": [], "answer": []}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        shop = Path(folder) / "shop.toml"
        shop.write_text(f'[printer.bar]\nurl = "{lent.url}"\nprofile = "{PROFILE}"\n', "utf-8")
        with (
            pos.ReceiptPrinter.open(direct.url, profile=PROFILE) as printer,
            pos.PrintQueue.open(Path(folder) / "q.db", queued.url, profile=PROFILE) as queue,
            pos.Hub.open(shop, port=0) as hub,
            tablet(hub.url, hub.pairing_code()) as post,
        ):
            for number in range(-3, rounds * 10):
                key = f"job-{number}"
                took = {
                    "direct": direct.seconds_to(partial(printer.print, RECEIPT)),
                    "queue": queued.seconds_to(partial(queue.add, RECEIPT, key=key)),
                    "hub": lent.seconds_to(partial(post, key)),
                    "answer": -time.perf_counter(),
                }
                post(key)  # once more: it is there
                took["answer"] += time.perf_counter()
                time.sleep(0.01)  # the outcomes are written down behind the first byte
                for name, seconds in took.items() if number >= 0 else ():
                    times[name].append(seconds)
    for ear in (direct, queued, lent):
        ear.close()
    milliseconds = {name: 1000 * statistics.median(found) for name, found in times.items()}
    over = milliseconds["hub"] - milliseconds["direct"]
    return [
        Row(
            "median time from a tablet's request to the printer's first byte, less that of a direct print()",
            over,
            "ms",
            f"under {AIM_MS:g}",
            over < AIM_MS,
            "direct {direct:.2f} ms, PrintQueue.add() {queue:.2f} ms, hub {hub:.2f} ms".format(**milliseconds),
        ),
        Row("median time until a tablet has the answer to a job that is there already", milliseconds["answer"], "ms"),
    ]

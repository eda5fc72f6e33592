"""Lend a shop's devices over HTTP, and be the first tablet that comes: pair, look, print.

python examples/hub.py tcp://192.168.1.87
"""

import json
import sys
import tempfile
import urllib.request
from pathlib import Path

import posdevkit as pos

SHOP = """\
[printer.counter]
url = "{url}"
profile = "epson-tm-t88v"
"""
RECEIPT = pos.Receipt().title("Café Nord").row("Flat white", "38,00").total("38,00", "I alt").cut()


class Tablet:
    """What a page does with `posdevkit-hub.js`, in Python."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.headers = {"Content-Type": "application/json", "Accept-Language": "da"}

    def ask(self, method: str, path: str, body: object = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, self.headers, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)


def main(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder, "shop.toml")
        shop.write_text(SHOP.format(url=url), encoding="utf-8")
        with pos.Hub.open(shop, port=0) as hub:
            tablet = Tablet(hub.url)
            paired = tablet.ask("POST", "/v1/pair", {"code": hub.pairing_code(), "name": "Tablet at the bar"})
            tablet.headers["Authorization"] = f"Bearer {paired['token']}"
            for device in tablet.ask("GET", "/v1/devices")["devices"]:
                print(f"{device['kind']} {device['name']}: {', '.join(device['can'])}")
            body = {"key": "order-8812", "document": pos.receipt_to_json(RECEIPT)}
            for _ in range(2):  # an impatient finger: one ticket all the same
                job = tablet.ask("POST", "/v1/printers/counter/jobs?wait=30", body)
            print(f"{job['key']}: {job['state']}, {job['outcome']} by {job['evidence']}")
            print(f"paired: {', '.join(token.name for token in hub.tokens())}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100")

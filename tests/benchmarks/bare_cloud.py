"""What the server is held against: the same framework and tables with nothing but the writing, and a bare event stream.

A program: `python bare_cloud.py DATABASE_URL` serves on a free port and prints it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any

import anyio.to_thread
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from posdevkit.server import Database, tables
from posdevkit.server.database import add_all, upsert

TENANT = "bare"


def rows_of(fact: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The rows of a sale in the server's own tables, without a look at any of them."""
    body, name = fact["body"], fact["id"]
    day, currency = body["business_day"], body["currency"]
    sold = {"sales": 1, "quantity": 0, "amount": body["total"], "vat": 0, "label": ""}
    place = {"tenant": TENANT, "store": "s", "day": day, "currency": currency}
    line, tender, vat, moved = body["lines"][0], body["tenders"][0], body["vat"][0], body["movements"][0]
    one = {"tenant": TENANT, "sale": name, "number": 0}
    keys = {"day": "", "hour": "10", "product": line["sku"], "payment": tender["means"], "vat": str(vat["rate"])}
    return {
        "fact": [
            {
                "tenant": TENANT, "id": name, "fingerprint": "", "kind": "sale", "token": "", "store": "s",
                "at": fact["at"], "hlc": fact["hlc"], "received_at": "", "text": json.dumps(fact),
            }
        ],
        "sale": [
            {
                "tenant": TENANT, "id": name, "store": "s", "register": body["register"], "receipt": body["receipt"],
                "day": day, "at": fact["at"], "currency": currency, "cashier": "", "state": "paid",
                "sequence": body["sequence"], "total": body["total"], "rounding": 0, "customer": None,
                "refund_of": None,
            }
        ],
        "sale_line": [
            one | {name: line[name] for name in ("sku", "name", "price", "total", "vat_rate")}
            | {"quantity": 1, "discount": 0, "campaign": ""}
        ],
        "sale_tender": [one | {"means": tender["means"], "amount": tender["amount"], "reference": ""}],
        "sale_vat": [one | vat],
        "stock_movement": [
            {
                "tenant": TENANT, "fact": name, "number": 0, "store": "s", "sku": moved["sku"], "quantity": -1,
                "reason": "sale", "at": fact["at"],
            }
        ],
        "stock_balance": [{"tenant": TENANT, "store": "s", "sku": moved["sku"], "quantity": -1}],
        "rollup": [place | sold | {"by": by, "key": key} for by, key in keys.items()],
        "change": [
            {"tenant": TENANT, "kind": "order", "key": name, "text": "{}", "seq": body["sequence"], "store": "s",
             "customer": None}
        ],
    }  # fmt: skip


ADDED = {"stock_balance": ("quantity",), "rollup": ("sales", "quantity", "amount", "vat")}


def application(database: Database) -> FastAPI:
    """Two routes: take facts, and pass on what is posted to whoever listens."""
    app = FastAPI()
    turn = threading.Lock()
    heard: list[asyncio.Queue[bytes]] = []

    def write(facts: list[dict[str, Any]]) -> None:
        rows: dict[str, list[dict[str, Any]]] = {}
        for fact in facts:
            for name, found in rows_of(fact).items():
                rows.setdefault(name, []).extend(found)
        with turn, database.writing() as connection:
            for name, found in rows.items():
                table = tables.metadata.tables[name]
                if name in ADDED:
                    upsert(connection, table, found, add=ADDED[name])
                else:
                    add_all(connection, table, found)

    @app.post("/push")
    async def push(request: Request) -> Response:
        facts = json.loads(await request.body())["facts"]
        await anyio.to_thread.run_sync(write, facts)
        for queue in heard:
            queue.put_nowait(b"data: x\n\n")
        return JSONResponse({"results": [{"id": fact["id"], "verdict": "created"} for fact in facts]})

    @app.get("/events")
    async def events() -> Response:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        heard.append(queue)

        async def stream() -> AsyncIterator[bytes]:
            yield b": here\n\n"
            while True:
                yield await queue.get()

        return StreamingResponse(stream(), media_type="text/event-stream")

    return app


def main() -> None:
    """Serve until killed."""
    import socket

    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(500)
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(application(Database(sys.argv[1])), log_level="warning", access_log=False, http="h11")
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()

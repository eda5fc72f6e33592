"""Start the reference server over a new database, push a delivery as a till would, and read the stock back.

python examples/cloud_server.py shop.db

Needs posdevkit[server], and httpx2 for Starlette's test client, which speaks to the application without a socket.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal

from starlette.testclient import TestClient

from posdevkit.contract import Fact, HlcClock, Movement, StockMoved, fact_to_json, uuid7
from posdevkit.server import Database, create_app, create_shop


def main(path: str) -> None:
    """`path`: where the database is made."""
    database = Database(f"sqlite:///{path}")
    tokens = create_shop(database)
    if tokens is None:
        raise SystemExit(f"{path} holds a shop already; its tokens were shown when it was made")
    till = {"Authorization": f"Bearer {tokens['till nord 1'].reveal()}"}
    owner = {"Authorization": f"Bearer {tokens['owner'].reveal()}"}
    delivery = StockMoved((Movement("coffee", Decimal(12), "delivery"),), note="Monday")
    fact = Fact(uuid7(), datetime.now(UTC), HlcClock("till-1").now(), delivery)
    # Over a socket it is the same: uvicorn, or `posdevkit cloud serve`.
    with TestClient(create_app(database)) as client:
        for _ in range(2):  # the answer to the first was lost, say: pushing again does no harm
            answer = client.post("/v1/sync/push", json={"facts": [fact_to_json(fact)]}, headers=till)
            print(answer.json()["results"][0]["verdict"])
        for row in client.get("/v1/reports/stock", headers=owner).json()["rows"]:
            print(f"{row['store']}: {row['quantity']:g} {row['sku']}")
    database.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "shop.db")

"""Sell offline, and let the cloud hear of it when it can.

POSDEVKIT_CLOUD_TOKEN=... python examples/cloud_sync.py till.db https://cloud.example
"""

import os
import sys
from datetime import datetime
from decimal import Decimal

import posdevkit as pos
from posdevkit.contract import Fact, HlcClock, Line, Movement, Sale, Tender, VatTotal, uuid7
from posdevkit.store import Mirror, Sales, Settings, Store, record


def sell(store: Store) -> str:
    """One coffee: the sale, its stock and its place in the outbox in one commit. It needs no network."""
    now = datetime.now().astimezone()
    with store.transaction() as transaction:
        clock = HlcClock("till-1", last=Settings().clock(transaction))
        sequence = Sales().next_sequence(transaction, "1")
        sale = Sale(
            receipt=f"1-{sequence:06}",
            register="1",
            sequence=sequence,
            currency="DKK",
            business_day=now.date().isoformat(),
            lines=(Line("coffee", "Flat white", Decimal(1), 3800, 3800, 2500),),
            tenders=(Tender("card", 3800),),
            vat=(VatTotal(2500, 3800, 760),),
            total=3800,
            movements=(Movement("coffee", Decimal(-1), "sale"),),
        )
        record(transaction, Fact(uuid7(), now, clock.now(), sale))
    return sale.receipt


def main(path: str, url: str) -> None:
    store = Store(path)
    print(f"sold: {sell(store)}")
    with pos.CloudClient.open(path, url, pos.Secret(os.environ["POSDEVKIT_CLOUD_TOKEN"]), background=False) as client:
        try:
            client.push()
            print(f"pulled: {client.pull()} changes")
        except pos.CloudError as problem:
            print(f"{problem.message()}. {problem.remedy()}")
        status = client.status()
        print(f"{status.state.value}: {status.pending} pending, {status.dead_letters} refused")
    with store.reading() as connection:
        for product in Mirror().products(connection):
            print(f"{product.sku}: {product.name} {product.price}")
    store.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] if len(sys.argv) == 3 else ("till.db", "http://127.0.0.1:8080")))

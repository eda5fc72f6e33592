"""The server dies before the commit, or between commit and answer: pushed again, each fact is there once."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select

from posdevkit.contract import HlcClock
from posdevkit.server import Database, tables
from tests.systems import INTERRUPTED

from .conftest import Process
from .shop import ANNA, Shop, Till, sale

PROGRAM = str(Path(__file__).with_name("dying_server.py"))


@pytest.mark.parametrize(("when", "stored"), [("after-commit", 10), ("before-commit", 5)])
def test_a_killed_server_loses_and_doubles_nothing(url: str, start: list[Process], when: str, stored: int) -> None:
    start.append(Process(url, [PROGRAM, when, "2"]))
    tokens = start[0].tokens()
    clock = HlcClock("test")
    first = Till(httpx2.Client(base_url=start[0].base), tokens["till nord 1"], "1", clock)  # type: ignore[arg-type]
    facts = [first.fact(sale(number, customer=ANNA, points=2)) for number in range(1, 11)]
    first.push(*facts[:5])
    with pytest.raises(httpx2.TransportError):
        first.push(*facts[5:])
    first.client.close()
    assert start[0].process.wait(10) == -9
    database = Database(url)
    try:
        with database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(tables.order)) == stored
        start.append(Process(url, ["-m", "posdevkit"]))
        again = Till(httpx2.Client(base_url=start[1].base), tokens["till nord 1"], "1", clock)  # type: ignore[arg-type]
        verdicts = [one["verdict"] for one in again.push(*facts)]
        assert verdicts == ["duplicate"] * stored + ["created"] * (10 - stored)
        again.client.close()
        with database.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(tables.order)) == 10
            points = connection.scalar(select(tables.customer.c.points).where(tables.customer.c.id == ANNA))
            assert points == 20
        Shop(again.client, tokens, database).check_sums()
    finally:
        database.close()
    status, told = start[1].end()
    assert status in INTERRUPTED, told

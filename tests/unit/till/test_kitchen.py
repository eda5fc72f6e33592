"""An order's lines to its stations: every line on one ticket, and none on two."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.documents import Text
from posdevkit.errors import BadConfiguration, BadOrder
from posdevkit.till.kitchen import (
    KitchenLine,
    KitchenOrder,
    KitchenRouting,
    Station,
    kitchen_order_from_json,
    station_ticket,
)

GRILL = Station("grill", ("kitchen", "bar"), frozenset({"food", "grill"}))
BAR = Station("bar", ("bar",), frozenset({"drinks"}), default=True)
ROUTING = KitchenRouting((GRILL, BAR))


@given(
    st.lists(
        st.builds(
            KitchenLine,
            st.uuids().map(str),
            category=st.sampled_from(["food", "grill", "drinks", "", "other"]),
            station=st.sampled_from(["", "grill", "bar"]),
        ),
        min_size=1,
    )
)
def test_every_line_is_on_exactly_one_ticket(lines: list[KitchenLine]) -> None:
    parts = ROUTING.split(KitchenOrder("1", tuple(lines)))
    assert sorted(line.name for part in parts.values() for line in part) == sorted(line.name for line in lines)
    for station, part in parts.items():
        for line in part:
            wanted = line.station or ("grill" if line.category in GRILL.categories else "bar")
            assert station.name == wanted


def test_what_nobody_takes_is_an_error_and_not_a_lost_dish() -> None:
    strict = KitchenRouting((GRILL,))
    with pytest.raises(BadOrder, match=r"Cola.*category 'drinks'"):
        strict.split(KitchenOrder("1", (KitchenLine("Cola", category="drinks"),)))
    with pytest.raises(BadOrder, match="station 'cellar'"):
        ROUTING.of(KitchenLine("Cola", station="cellar"))
    with pytest.raises(BadConfiguration, match="'food'"):
        KitchenRouting((GRILL, Station("oven", ("oven",), frozenset({"food"}))))
    with pytest.raises(BadConfiguration, match="everything else"):
        KitchenRouting((BAR, Station("oven", ("oven",), default=True)))
    with pytest.raises(BadOrder):
        KitchenOrder("1", ())
    with pytest.raises(BadOrder):
        KitchenLine("Cola", Decimal(0))


def test_a_ticket_reads_as_the_order_does() -> None:
    order = KitchenOrder("12", (KitchenLine("Burger", Decimal(2), note="uden løg"),), "7", "hurtigt")
    texts = [
        element.text for element in station_ticket(order, GRILL, order.lines).elements if isinstance(element, Text)
    ]
    assert texts == ["grill", "12", "Bord 7", "2 x Burger", "   uden løg", "hurtigt"]


def test_json_names_what_is_wrong_in_it() -> None:
    lines = '[{"name": "Burger", "quantity": 2, "category": "food"}]'
    text = f'{{"number": "12", "table": "7", "language": "en", "lines": {lines}}}'
    assert kitchen_order_from_json(text) == KitchenOrder(
        "12", (KitchenLine("Burger", Decimal(2), "food"),), "7", language="en"
    )
    for wrong, says in (
        ('{"number": "1", "lines": [{"name": "a", "quantity": 0}]}', r"lines\[0\]: a quantity"),
        ('{"number": "1", "lines": [{"title": "a"}]}', r"lines\[0\].title"),
        ('{"number": "1", "lines": []}', "no lines"),
        ('{"number": "1", "lines": [{"name": "a"}], "language": "sv"}', "language"),
    ):
        with pytest.raises(BadOrder, match=says):
            kitchen_order_from_json(wrong)

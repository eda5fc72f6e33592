"""A receipt never changes, however many are built on it, and in whatever order."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading

import pytest

from posdevkit.documents import Columns, Receipt, Style, Text
from posdevkit.errors import BadDocument, BadText


def texts(receipt: Receipt) -> str:
    return "".join(element.text for element in receipt.elements if isinstance(element, Text))


def test_receipts_that_part_share_their_beginning_and_nothing_else() -> None:
    a = Receipt().text("a")
    b, c = a.text("b"), a.text("c")
    d, e = b.text("d"), c.text("e")
    again = b.text("f")
    assert [texts(receipt) for receipt in (a, b, c, d, e, again)] == ["a", "ab", "ac", "abd", "ace", "abf"]
    assert [len(receipt) for receipt in (a, b, d)] == [1, 2, 3]


def test_the_same_element_twice() -> None:
    a = Receipt().text("a")
    (element,) = a.elements
    assert a.add(element) == a.add(element) == Receipt([element, element])


def test_threads_that_go_on_from_the_same_receipt_do_not_meet() -> None:
    start = Receipt().text("0")
    made: list[Receipt] = []
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def build(letter: str) -> None:
        for _ in range(300):
            receipt = start
            for _ in range(10):
                receipt = receipt.text(letter)
            made.append(receipt)

    threads = [threading.Thread(target=build, args=(letter,)) for letter in "abcd"]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(switch)
    assert {texts(receipt) for receipt in made} == {"0" + letter * 10 for letter in "abcd"}


def test_building_is_linear() -> None:
    """Twenty thousand steps share one list: a quadratic copy would take hundreds of millions of moves."""
    receipt = Receipt()
    for _ in range(20_000):
        receipt = receipt.text("x")
    assert len(receipt.elements) == 20_000
    before = receipt.text("y")
    assert before._items is receipt._items


@pytest.mark.parametrize("cells", [("a",), ()])
def test_cells_have_to_match_columns(cells: tuple[str, ...]) -> None:
    with pytest.raises(BadDocument, match="cells do not match"):
        Columns(cells, Receipt().row("a", "b").elements[0].columns)  # type: ignore[arg-type, union-attr]


def test_a_cell_is_looked_at_like_any_text() -> None:
    assert Receipt().row("a\tb", "1").elements[0].cells == ("a       b", "1")  # type: ignore[union-attr]
    with pytest.raises(BadText, match=r"U\+001B"):
        Receipt().row("Bob\x1b@", "1")
    with pytest.raises(BadText, match=r"is text, not the int 1\. Write it as it is to be read"):
        Receipt().row("Bob", 1)  # type: ignore[arg-type]


def test_a_style_has_one_hash_in_every_process() -> None:
    code = "from posdevkit.documents import Style; print(hash(Style(bold=True, font='B', spacing=3)))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    style = Style(bold=True, font="B", spacing=3)
    assert {style: 1}[Style(bold=True, font="B", spacing=3)] == 1
    assert style.effects == ("spacing",)
    assert pickle.loads(pickle.dumps(style)) == style

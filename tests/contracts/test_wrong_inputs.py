"""Whatever a builder is given it takes, or refuses by an error of the library: no bare TypeError comes from inside.

Every parameter of every public method of `Receipt` and `Label`, and of what their elements are made of, gets each of
the things that people give by mistake, one at a time; what is taken has to become a job's bytes on printers of each
kind. The same goes for what opens devices, prints, and asks a queue.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import posdevkit as pos
from posdevkit.devices.compose import compose
from posdevkit.documents import Area, Page, PageBox, PageLine, PdfPage
from posdevkit.documents.elements import Line, Text
from posdevkit.profiles import load_label_profile, load_profile
from posdevkit.protocols.zpl.compiler import compile_label
from posdevkit_emulators.bench import emulated_receipt_printer

_PROFILES = [load_profile(name) for name in ("epson-tm-t88v", "star-mc-print3", "star-tsp100")]
_LABELS = load_label_profile("generic-zpl-203")

WRONG: tuple[Any, ...] = (
    *(None, [], {}, object(), int, True, b"x", "", "x", "x" * 300, "\x1b", "é漢", Path("x"), pos.Receipt()),
    *(0, -1, 1.5, 2.0, 10**9, float("nan"), Decimal("1.25")),
    *(["a", "b"], ("a",), {"a"}, [["a"]], [None], [1.5], ["a"] * 300),
)
"""What no receipt, or hardly one, is meant to have in a place."""

_CELLS = [pos.Column(), pos.Column()]
RECEIPT: dict[str, tuple[object, ...]] = {
    "add": (Text("a"),),
    "text": ("a",),
    "title": ("a",),
    "row": ("a", "1"),
    "total": ("1",),
    "line": ("a",),
    "columns": ("a", "b"),
    "table": ([["a", "b"]], _CELLS),
    "box": (pos.Receipt().text("a"),),
    "page": (Area(1, 1, 40, 40, pos.Receipt().text("x")),),
    "spacing": (30,),
    "rule": ("-",),
    "image": (b"",),
    "pdf_page": (b"", 1),
    "logo": ("01",),
    "barcode": ("5701234567899", "EAN13"),
    "qr": ("a",),
    "symbol": ("a",),
    "feed": (1,),
    "cut": (),
    "drawer": (2,),
    "buzzer": (1,),
    "raw": (b"a",),
}
"""Each builder's method, with what is right."""

LABEL: dict[str, tuple[object, ...]] = {
    "text": (1, 1, "a"),
    "box": (1, 1, 5, 5),
    "line": (1, 1, 5),
    "barcode": (1, 1, "5701234567899", "EAN13"),
    "qr": (1, 1, "a"),
}

PARTS: dict[type, tuple[tuple[object, ...], Callable[[Any], pos.Receipt]]] = {
    pos.Style: ((), lambda made: pos.Receipt().text("a", style=made)),
    pos.Span: (("a",), lambda made: pos.Receipt().line(made)),
    Line: (((pos.Span("a"),),), lambda made: pos.Receipt().add(made)),
    pos.Cell: (("a", 1), lambda made: pos.Receipt().columns(made, "b")),
    pos.Column: ((), lambda made: pos.Receipt().columns("a", "b", columns=[made, pos.Column()])),
    Area: ((1, 1, 40, 40), lambda made: pos.Receipt().page(made)),
    PageLine: ((1, 1, 10), lambda made: pos.Receipt().page(lines=[made])),
    PageBox: ((1, 1, 10, 10), lambda made: pos.Receipt().page(boxes=[made])),
    Page: (((Area(1, 1, 40, 40),),), lambda made: pos.Receipt().add(made)),
    PdfPage: ((b"x",), lambda made: pos.Receipt().image(made)),
}
"""What elements are made of, with what is right and how it comes into a receipt."""


def _calls(function: Callable[..., Any], right: tuple[object, ...]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The calls of `function` in which one parameter is wrong, each with what to call it."""
    signature = inspect.signature(function)
    for name, parameter in signature.parameters.items():
        for wrong in WRONG:
            given = signature.bind(*right)
            if parameter.kind is parameter.VAR_POSITIONAL:
                for arguments in ((wrong,), (wrong, *right), (*right, wrong)):
                    yield f"*{name}={arguments!r:.60}", partial(function, *arguments)
            else:
                given.arguments[name] = wrong
                yield f"{name}={wrong!r:.60}", partial(function, *given.args, **given.kwargs)


def _judge(calls: Iterator[tuple[str, Callable[[], Any]]], uses: list[Callable[[Any], object]]) -> tuple[int, int]:
    """How many of the calls are taken, how many refused; fails where one ends otherwise."""
    taken = refused = 0
    bare: list[str] = []
    for name, call in calls:
        try:
            made = call()
            for use in uses:
                use(made)
            taken += 1
        except pos.PosError:
            refused += 1
        except Exception as problem:
            bare.append(f"{name}: {type(problem).__name__}: {problem!s:.80}")
    assert not bare, "\n".join(bare)
    return taken, refused


_ON_PAPER: list[Callable[[Any], object]] = [
    hash,
    *(lambda receipt, profile=profile: compose(receipt, profile) for profile in _PROFILES),
]


@pytest.mark.parametrize("method", RECEIPT)
def test_a_receipts_methods(method: str) -> None:
    function = getattr(pos.Receipt(), method)
    _, refused = _judge(_calls(function, RECEIPT[method]), _ON_PAPER)
    assert refused > 10 or method == "cut"


def test_every_method_of_the_builders_is_asked() -> None:
    for builder, asked in ((pos.Receipt, RECEIPT), (pos.Label, LABEL)):
        public = {name for name, one in vars(builder).items() if inspect.isfunction(one) and not name.startswith("_")}
        assert public == set(asked)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_what_elements_are_made_of(part: type) -> None:
    right, used = PARTS[part]
    _, refused = _judge(_calls(part, right), [lambda made: _ON_PAPER[1](used(made))])
    assert refused > 10


def test_a_receipt_of_elements() -> None:
    assert _judge(_calls(pos.Receipt, ()), _ON_PAPER)[1] > 10


@pytest.mark.parametrize("method", LABEL)
def test_a_labels_methods(method: str) -> None:
    function = getattr(pos.Label(50, 30), method)
    uses: list[Callable[[Any], object]] = [hash, lambda label: compile_label(label, _LABELS)]
    assert _judge(_calls(function, LABEL[method]), uses)[1] > 10


def test_a_label_of_elements() -> None:
    assert _judge(_calls(pos.Label, (50, 30)), [hash])[1] > 10


TOLD: dict[str, tuple[Callable[[pos.Receipt], object], str, str]] = {
    "a list of cells": (
        lambda receipt: receipt.columns(["Flat white", "38,00"]),  # type: ignore[arg-type]
        "a cell is text or a Cell, not the list ['Flat white', '38,00']",
        "columns(*cells)",
    ),
    "a price as a number": (
        lambda receipt: receipt.row("Flat white", 38.5),  # type: ignore[arg-type]
        "is text, not the float 38.5",
        "f'{price:.2f}'",
    ),
    "bytes": (lambda receipt: receipt.text(b"x"), "is text, not the bytes b'x'", "data.decode()"),  # type: ignore[arg-type]
    "no text": (lambda receipt: receipt.title(None), "is text, not None", "as it is to be read"),  # type: ignore[arg-type]
    "half a line": (lambda receipt: receipt.feed(1.5), "not the float 1.5", "a whole number"),  # type: ignore[arg-type]
    "an alignment that is none": (
        lambda receipt: receipt.text("a", align="centre"),  # type: ignore[arg-type]
        "align is one of 'left', 'center', 'right', not 'centre'",
        "'center'",
    ),
    # bytes(27) would be 27 zeros.
    "a number of raw bytes": (lambda receipt: receipt.raw(27), "raw commands are bytes", "bytes([27, 64])"),  # type: ignore[arg-type]
    "text as elements": (lambda _: pos.Receipt("abc"), "elements are several, not the str 'abc'", "a list"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", TOLD)
def test_the_error_names_the_input_and_the_remedy(case: str) -> None:
    wrong, detail, remedy = TOLD[case]
    with pytest.raises((pos.BadDocument, pos.BadText)) as told:
        wrong(pos.Receipt())
    assert detail in told.value.detail
    assert remedy in told.value.remedy()


GIVEN: tuple[Any, ...] = ([], b"x", 1.5, object(), {"a": 1}, "a\0b", "x", float("nan"), None)
"""What is given to devices and queues; None means something only where it stands for no bound."""

OPENS: dict[str, tuple[Callable[..., Any], tuple[object, ...]]] = {
    "a receipt printer": (pos.ReceiptPrinter.open, ("tcp://127.0.0.1:9",)),
    "a label printer": (pos.LabelPrinter.open, ("tcp://127.0.0.1:9",)),
    "a scanner": (pos.Scanner.open, ("serial:///dev/nothing",)),
    "a display": (pos.Display.open, ("serial:///dev/nothing",)),
    "a scale": (pos.Scale.open, ("serial:///dev/nothing",)),
    "a card reader": (pos.CardReader.open, ("serial:///dev/nothing",)),
    "a payment terminal": (pos.PaymentTerminal.open, ("tcp://127.0.0.1:9",)),
    "a shop": (pos.Shop.load, ("shop.toml",)),
    "a queue": (pos.PrintQueue.open, ("queue.db", "tcp://127.0.0.1:9")),
    "a profile": (load_profile, ("epson-tm-t88v",)),
}


def _one_wrong(function: Callable[..., Any], right: tuple[object, ...], **named: object) -> Iterator[tuple[str, Any]]:
    signature = inspect.signature(function)
    for name, parameter in signature.parameters.items():
        if name == "clock" or parameter.kind is parameter.VAR_KEYWORD:
            continue
        for wrong in GIVEN:
            if wrong is None and name in ("timeout", "deadline"):
                continue  # for ever
            given = signature.bind(*right, **named)
            given.arguments[name] = wrong
            yield f"{name}={wrong!r:.60}", partial(function, *given.args, **given.kwargs)


def _close(opened: Any) -> None:
    if hasattr(opened, "close"):
        opened.close()


@pytest.mark.parametrize("what", OPENS)
def test_what_opens(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    function, right = OPENS[what]
    assert _judge(_one_wrong(function, right), [_close])[1] > 5


def test_what_prints_and_what_asks_a_queue(tmp_path: Path) -> None:
    receipt = pos.Receipt().text("a").cut()
    handle_calls: dict[str, tuple[object, ...]] = {
        "print": (receipt,),
        "submit": (receipt,),
        "store_logo": ("01", b"x"),
        "delete_logo": ("01",),
        **dict.fromkeys(("logos", "open_drawer", "recover", "status", "events", "connect"), ()),
    }
    queue_calls: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
        "add": ((receipt,), {"key": "b"}),
        "release": (("a",), {"printed": True}),
        "reprint": (("a",), {"by": "Bo"}),
        **{name: (("a",), {}) for name in ("job", "data", "wait", "cancel")},
        **{name: ((), {}) for name in ("jobs", "prune", "events")},
    }
    with emulated_receipt_printer(profile="epson-tm-t88v") as printer:
        with pos.ReceiptPrinter.open(printer.url, profile="epson-tm-t88v") as handle:
            for name, right in handle_calls.items():
                assert _judge(_one_wrong(getattr(handle, name), right), [_close])[1] > 2, name
        with pos.PrintQueue.open(tmp_path / "q.db", printer.url, profile="epson-tm-t88v") as queue:
            queue.add(receipt, key="a")
            queue.wait("a", timeout=10)
            for name, (right, named) in queue_calls.items():
                assert _judge(_one_wrong(getattr(queue, name), right, **named), [_close])[1] > 1, name

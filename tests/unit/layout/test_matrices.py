"""Two-dimensional symbols: what is decided for them, and what is refused before a byte leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posdevkit.documents import Receipt, Symbol, SymbolKind
from posdevkit.errors import BadDocument, DocumentTooWide, Unsupported
from posdevkit.layout import DrawSymbol, PrintSymbol, check_symbol, lay_out
from posdevkit.profiles import load_profile

WIDE = load_profile("generic-80mm")
NARROW = load_profile("generic-58mm")
ALL: frozenset[SymbolKind] = frozenset(("PDF417", "DATAMATRIX", "AZTEC", "MAXICODE", "MICRO-QR"))
ABLE = replace(WIDE, symbols=ALL)


def test_native_where_the_profile_has_it_and_drawn_elsewhere() -> None:
    (drawn,) = lay_out(Receipt().symbol("x"), WIDE).operations
    assert drawn == DrawSymbol(Symbol("x"), 576)
    (native,) = lay_out(Receipt().symbol("x"), ABLE).operations
    assert native == PrintSymbol(Symbol("x"))


@pytest.mark.parametrize(
    ("given", "decided"),
    [
        (Symbol("x" * 12, "PDF417"), (2, 1)),  # 12 + 8 codewords: twenty rows of one are wider than high
        (Symbol("x" * 300, "PDF417", correction=5, columns=4), (5, 4)),
        (Symbol("x", "AZTEC"), (23, None)),
        (Symbol("x", "AZTEC", correction=50), (50, None)),
        (Symbol("12345", "MICRO-QR"), (1, None)),
        (Symbol("1234567890", "MICRO-QR"), (0, None)),  # fits one size smaller than at level M
        (Symbol("HELLO", "MICRO-QR", correction=2), (2, None)),
        (Symbol("x" * 300, "DATAMATRIX"), (None, None)),
    ],
)
def test_correction_and_columns_are_decided(given: Symbol, decided: tuple[int | None, int | None]) -> None:
    checked = check_symbol(given, ABLE)
    assert (checked.correction, checked.columns) == decided
    assert replace(checked, correction=given.correction, columns=given.columns) == given


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Symbol("x" * 1100, "PDF417"), "1100 bytes"),
        (Symbol("x" * 600, "PDF417", columns=1), "more than 90 rows"),
        (Symbol("x" * 1559, "DATAMATRIX"), "1559 bytes"),
        (Symbol("x" * 2000, "AZTEC"), "2000 bytes"),
        (Symbol("x" * 94, "MAXICODE"), "94 bytes"),
        (Symbol("æ", "MAXICODE"), "2 bytes"),
        (Symbol("x" * 16, "MICRO-QR"), "16 bytes"),
        (Symbol("x" * 10, "MICRO-QR", correction=2), "10 bytes"),
        (Symbol("a\x10\x04\x01"), r"U\+0010"),
        (Symbol("\ud800", "AZTEC"), r"U\+D800"),
    ],
)
def test_what_no_symbol_holds_is_refused(given: Symbol, says: str) -> None:
    with pytest.raises(BadDocument, match=says):
        check_symbol(given, ABLE)


def test_what_the_paper_does_not_hold_is_refused_with_a_module_that_fits() -> None:
    with pytest.raises(DocumentTooWide, match="takes 768 dots, generic-58mm prints 384") as caught:
        check_symbol(Symbol("x" * 250, module=12), NARROW)
    assert "module=6" in caught.value.remedy()


def test_a_maxicode_is_not_drawn() -> None:
    with pytest.raises(Unsupported, match="fixed size"):
        lay_out(Receipt().symbol("x", "MAXICODE"), WIDE)
    assert lay_out(Receipt().symbol("x", "MAXICODE"), ABLE).operations == (PrintSymbol(Symbol("x", "MAXICODE")),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"data": ""},
        {"kind": "QR"},
        {"module": 1},
        {"module": 17},
        {"kind": "PDF417", "module": 9},
        {"correction": 1},
        {"kind": "PDF417", "correction": 9},
        {"kind": "AZTEC", "correction": 4},
        {"columns": 3},
        {"kind": "PDF417", "columns": 31},
    ],
)
def test_a_symbol_checks_itself(wrong: dict[str, object]) -> None:
    with pytest.raises(BadDocument):
        Symbol(**{"data": "x", **wrong})  # type: ignore[arg-type]  # what is wrong with it is the test

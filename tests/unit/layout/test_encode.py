from __future__ import annotations

import pytest

from posdevkit.layout import Charset, charset_of
from posdevkit.profiles import CodePage, load_profile

TM = charset_of(load_profile("epson-tm-t88v").code_pages)
GENERIC = charset_of(load_profile("generic-80mm").code_pages)
DOS_ONLY = Charset((CodePage(0, "cp437"),))


def encoded(charset: Charset, text: str, page: int = 0) -> list[tuple[bytes, int]]:
    return charset.encode(charset.fit(text)[0], page)


@pytest.mark.parametrize(
    ("text", "page", "runs"),
    [
        ("Total", 0, [(b"Total", 0)]),
        ("Total", 19, [(b"Total", 19)]),  # ASCII is on every page: no change
        ("", 0, []),
        ("på", 0, [(b"p\x86", 0)]),  # on the page it is on
        ("Kød", 0, [(b"K", 0), (b"\xf8d", 16)]),
        ("Kød", 16, [(b"K\xf8d", 16)]),
        ("2,50 €", 0, [(b"2,50 ", 0), (b"\x80", 16)]),
        ("2,50 €", 19, [(b"2,50 \xd5", 19)]),
        ("blåbærgrød", 0, [(b"bl\x86b\x91rgr", 0), (b"\xf8d", 16)]),
        ("чай", 16, [(bytes((0xE7, 0xA0, 0xA9)), 17)]),
        ("─ø", 0, [(b"\xc4", 0), (b"\xf8", 16)]),
        ("ø─", 0, [(b"\x9b\xc4", 19)]),  # 858 has both; 1252 would need a second change
    ],
)
def test_the_page_that_lasts_longest(text: str, page: int, runs: list[tuple[bytes, int]]) -> None:
    assert encoded(GENERIC, text, page) == runs


def test_a_printer_on_a_page_the_profile_does_not_name_is_moved() -> None:
    assert GENERIC.encode("ø", 99) == [(b"\xf8", 16)]
    assert GENERIC.encode("å", 99) == [(b"\x86", 0)]


def test_the_fewest_changes() -> None:
    # Greek, Russian, Turkish and Danish in one line: one page each, no more.
    assert len(encoded(TM, "τσάι чай çay kød")) == 4


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("Cafe\u0301", "Café"),
        ("K\u212b", "K\u00c5"),  # the Angstrom sign is the letter
        ("zero\u200bwidth\u200d\u2060", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u202eabc\u202c", "abc"),
        ("1\u202f470,00", "1\u00a0470,00"),
        ("a\u3000b", "a  b"),
        ("\u2009\u2003", "  "),
        ("non\u2011breaking", "non-breaking"),
        ("\ufb01ne", "fine"),
    ],
)
def test_what_is_no_loss_is_no_finding(text: str, fitted: str) -> None:
    assert GENERIC.fit(text) == (fitted, ())


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("\u201cHej\u201d \u2013 \u2018du\u2019\u2026", "\"Hej\" - 'du'..."),
        ("2 \u00d7 3", "2 x 3"),
        ("\u2022 te", "* te"),
        ("\u2013", "-"),
    ],
)
def test_typography_falls_back_only_where_no_page_has_it(text: str, fitted: str) -> None:
    assert DOS_ONLY.fit(text) == (fitted, ())
    assert GENERIC.fit(text) == (text, ())


@pytest.mark.parametrize(
    ("text", "data", "lost"),
    [
        ("茶", b"??", ("茶",)),
        ("Café 茶!", b"Caf\x82 ??!", ("茶",)),
        ("\u0159", b"?", ("\u0159",)),
        ("x\u0302y", b"?y", ("x\u0302",)),  # never a plain x: that would be another letter
        ("x\u0302\u0301", b"?", ("x\u0302\u0301",)),
        ("茶\u0301", b"??", ("茶\u0301",)),
        ("\u0301", b"?", ("\u0301",)),
        ("a \u0301", b"a ?", ("\u0301",)),
        ("שלום", b"????", ("ש", "ל", "ו", "ם")),
        ("👩\u200d🍳", b"????", ("👩", "🍳")),
        ("❤\ufe0f", b"?", ("❤",)),
        ("茶茶", b"????", ("茶",)),
        ("\ufb01x\u0302", b"fi?", ("x\u0302",)),
    ],
)
def test_what_nothing_can_set_is_seen_and_told(text: str, data: bytes, lost: tuple[str, ...]) -> None:
    fitted, told = DOS_ONLY.fit(text)
    assert b"".join(run for run, _ in DOS_ONLY.encode(fitted, 0)) == data
    assert told == lost


def test_right_to_left_letters_are_not_set_even_where_a_page_has_them() -> None:
    # A printer sets what comes first at the left: a Hebrew word would stand mirrored.
    assert encoded(TM, "שלום") == [(b"????", 0)]
    assert TM.fit("שלום")[1]


def test_a_kanji_that_a_page_sets_in_half_its_width_is_not_set() -> None:
    assert encoded(TM, "円") == [(b"??", 0)]
    assert encoded(TM, "ｱ", 1) == [(b"\xb1", 1)]


@pytest.mark.parametrize(
    "text", ["\x1b@", "\x10\x04\x01", "\x7f", "\x80\x9f", "\n\r\t", "\ud800", "\x1dV\x00ø", "\ufffe"]
)
def test_controls_that_get_past_the_gate_are_still_no_commands(text: str) -> None:
    data = b"".join(run for run, _ in GENERIC.encode(text, 0))
    assert min(data) >= 0x20
    assert 0x7F not in data


def test_a_charset_is_built_once() -> None:
    assert charset_of(load_profile("generic-80mm").code_pages) is GENERIC
    assert charset_of(load_profile("generic-58mm").code_pages) is GENERIC


def test_the_mark_of_a_cut() -> None:
    assert GENERIC.ellipsis == "…"
    assert DOS_ONLY.ellipsis == "..."


@pytest.mark.parametrize("char", ["€", "\u0080", "\u0080€", "Ω"])
def test_the_short_way_of_the_euro_sign_sets_what_the_long_one_does(char: str) -> None:
    # Beyond Latin-1, with a control character of it, and on a page that has no euro sign.
    charset = charset_of((CodePage(0, "cp437"), CodePage(16, "cp1252"), CodePage(19, "cp858"), CodePage(7, "cp1253")))
    for page, name in ((0, "cp437"), (16, "cp1252"), (19, "cp858"), (7, "cp1253")):
        line = f"142,99 {char} \xe6" if page in (16, 19) else f"142,99 {char}"
        try:
            expected = None if "\u0080" in char else line.encode(name)
        except UnicodeEncodeError:
            expected = None
        assert charset.quick(line, page) == expected

"""Two-byte characters: what comes in pairs, what a pair prints, and what happens to half of one."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.devices.compose import compose
from posdevkit.documents import Receipt, Style
from posdevkit.errors import BadProfile
from posdevkit.paper import render_job
from posdevkit.paper.display import RasterBlock, TextCells
from posdevkit.paper.geometry import Geometry
from posdevkit.paper.languages import renderer_for
from posdevkit.profiles import Multibyte, Profile, load_profile, multibyte_code
from posdevkit.protocols.dialects import dialect

# Each system with the codec that judges it, and how that one spells two bytes of JIS X 0208.
SYSTEMS: dict[Multibyte, str] = {
    "jis": "iso2022_jp",
    "shift_jis": "shift_jis",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc_kr": "euc_kr",
}
MODELS = [("generic-80mm", system) for system in SYSTEMS] + [("star-tsp650ii", "jis"), ("star-mc-print3", "shift_jis")]


def _profile(system: str, name: str = "generic-80mm") -> Profile:
    return load_profile(name, {"multibyte": system})


def _printed(data: bytes, system: str) -> str:
    return "".join(ticket.text() for ticket in render_job(data, _profile(system)))


def test_the_example_of_a_manual() -> None:
    # Toshiba B-EP series, ESC/POS mode, FS C: 44 7B is "D{" in Shift JIS and without the mode, one character in JIS.
    data = bytes.fromhex("1C 43 01 44 7B 0A  1C 43 00 1C 26 44 7B 0A  1C 2E 44 7B 0A")
    pair = codecs.decode(b"\x1b$B\x44\x7b\x1b(B", "iso2022_jp")
    assert _printed(data, "jis").split("\n")[:3] == ["D{", pair, "D{"]


@pytest.mark.parametrize(("system", "codec"), SYSTEMS.items())
def test_each_character_is_what_the_codec_says(system: Multibyte, codec: str) -> None:
    code = multibyte_code(system)
    assert len(code.encode) > 6_000
    for char, pair in code.encode.items():
        spelt = b"\x1b$B" + pair + b"\x1b(B" if codec == "iso2022_jp" else pair
        same = codecs.decode(spelt, codec)
        # Two names of one character, of which codecs choose either: wave dash, minus, cent, pound and not sign.
        assert same == char or char in "～－￠￡￢", (char, pair)
        assert all(0x20 < byte < 0xFF and byte != 0x7F for byte in pair)


_TWO_NAMES = set("～－￠￡￢")
_LETTERS = {system: st.sampled_from(sorted(set(multibyte_code(system).encode) - _TWO_NAMES)) for system in SYSTEMS}


@pytest.mark.parametrize(("name", "system"), MODELS)
@given(data=st.data())
def test_what_goes_in_comes_out(name: str, system: Multibyte, data: st.DataObject) -> None:
    # Chinese, Japanese or Korean between letters of code pages: each in the right mode, also across the lines.
    words = st.text(_LETTERS[system], min_size=1, max_size=6) | st.sampled_from(("Café", "2€", "D{\\~", "žluť"))
    # NFC makes one of the two code points that Korean sets have for some Chinese characters.
    text = unicodedata.normalize("NFC", " ".join(data.draw(st.lists(words, min_size=1, max_size=6))))
    profile = _profile(system, name)
    job = compose(Receipt().text(text, bold=True), profile, fonts=())
    assert not job.findings
    shown = "".join(ticket.text() for ticket in render_job(job.compiled.data, profile))
    assert shown.split() == text.split() or shown.replace("\n", "").replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("name", "system"), MODELS)
def test_columns_count_two_for_each(name: str, system: Multibyte) -> None:
    profile = _profile(system, name)
    receipt = Receipt().row("茶", "5").row("Tea", "5").row("茶茶茶", "12")
    (ticket,) = render_job(compose(receipt, profile, fonts=()).compiled.data, profile)
    cells = [item for item in ticket.items if isinstance(item, TextCells)]
    ends = {item.x + item.width for item in cells if item.text.rstrip()[-1:] in ("5", "2")}
    assert ends == {profile.fonts["A"].columns * 12}
    assert {item.text.rstrip("512 "): item.width for item in cells} == {"茶": 576, "Tea": 576, "茶茶茶": 576}


def test_other_fonts_have_none() -> None:
    # A two-byte character is 24 dots wide whatever the font: beside font B's it would not stand in its columns.
    profile = _profile("gb18030")
    found = compose(Receipt().text("茶 tea", font="B"), profile, fonts=())
    assert [finding.kind for finding in found.findings] == ["unset-character"]
    assert not compose(Receipt().text("茶 tea"), profile, fonts=()).findings
    assert compose(Receipt().text("茶", style=Style(spacing=2)), profile, fonts=()).findings


def test_a_job_leaves_the_mode_that_a_printer_starts_in() -> None:
    # A Chinese model takes bytes from 81 on for pairs until it is told otherwise.
    profile = _profile("gb18030")
    assert "Caf" in _printed(b"Caf\xe9 x\n", "gb18030")
    assert "Café" not in _printed(b"Caf\xe9 x\n", "gb18030")
    data = compose(Receipt().text("Café crème").raw(b"").text("Crème"), profile).compiled.data
    assert _printed(data, "gb18030") == "Café crème\nCrème\n"
    # And 24, 5C and 7E are other signs on models of Japan, Korea and China, until the set of the USA is chosen.
    assert b"\x1bR\x00" in data


@pytest.mark.parametrize("cut", range(1, 12))
def test_pairs_cut_anywhere(cut: int) -> None:
    data = b"\x1c&" + "茶叶\u3400".encode("gb18030") + b"\n"
    profile = _profile("gb18030")
    decoder, renderer = dialect("escpos").decoder(), renderer_for(Geometry.of(profile))
    for piece in (data[:cut], data[cut:]):
        for command in decoder.feed(piece):
            for _ in renderer.render(command):
                pass
    ticket = renderer.finish()
    assert ticket is not None
    assert ticket.text() == "茶叶\u3400\n"


@pytest.mark.parametrize("system", SYSTEMS)
@given(
    data=st.binary(max_size=60) | st.text("茶あ한é\n\x1c&.C\x01\x00Ω", max_size=20).map(lambda s: s.encode("gb18030")),
    cut=st.integers(0, 60),
)
def test_any_bytes_cut_anywhere_print_the_same(system: Multibyte, data: bytes, cut: int) -> None:
    profile = _profile(system)
    shown = []
    for pieces in ((data,), (data[:cut], data[cut:])):
        decoder, renderer = dialect("escpos").decoder(), renderer_for(Geometry.of(profile))
        for piece in pieces:
            for command in decoder.feed(piece):
                for _ in renderer.render(command):
                    pass
        ticket = renderer.finish()
        shown.append(ticket.text() if ticket is not None else "")
    assert shown[0] == shown[1]


@pytest.mark.parametrize("broken", [b"\x1c&\xb2\n\x1c.Tea\n", b"\x1c&\xb2\x1b@\x1c.Tea\n", b"\x1c&\xb2\x1c.Tea\n"])
def test_half_a_pair_is_seen_and_costs_nothing_else(broken: bytes) -> None:
    shown = _printed(broken, "gb18030")
    assert shown.endswith("Tea\n")
    assert "茶" not in shown


def test_a_pair_that_is_none_shows_as_unknown() -> None:
    assert _printed(b"\x1c&\xff\xa1A\n", "gb18030")[0] != "A"
    assert _printed(b"\x1c&\x2d\x7e\n", "jis") == "\ufffd\n"


def test_sizes_and_lines_of_their_own() -> None:
    profile = _profile("gb18030")
    tea = "茶".encode("gb18030")
    jobs = {
        b"\x1c!\x0c\x1c&" + tea + b"\x1c.x\n": [(48, 48), (12, 24)],  # FS !: double width and height of pairs alone
        b"\x1cW\x01\x1c&" + tea + b"\x1c.x\n": [(48, 48), (12, 24)],
        b"\x1d!\x11\x1c&" + tea + b"\x1c.x\n": [(72, 48)],  # GS !: of both
        b"\x1b!\x30\x1c&" + tea + b"\x1c.x\n": [(24, 24), (24, 48)],  # ESC !: of the others alone
    }
    for data, sizes in jobs.items():
        (ticket,) = render_job(data, profile)
        assert [(item.width, item.height) for item in ticket.items if isinstance(item, TextCells)] == sizes, data
    (ticket,) = render_job(b"\x1c-\x02\x1c&" + tea + b"\n", profile)
    assert [item.style.underline for item in ticket.items if isinstance(item, TextCells)] == [2]


def test_a_narrow_letter_of_a_wide_set_takes_two_cells() -> None:
    (ticket,) = render_job(b"\x1c&" + "Ωа".encode("gb18030") + b"\n", _profile("gb18030"))
    assert ticket.text() == "Ωа\n"
    assert sum(item.width for item in ticket.items if isinstance(item, TextCells)) == 48


def test_a_model_without_them_ignores_the_mode() -> None:
    profile = load_profile("generic-80mm")
    assert render_job(b"\x1c&Tea\n", profile)[0].text() == "Tea\n"


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("star-tsp100", {"multibyte": "jis"}, "dots alone"),
        ("star-tsp650ii", {"multibyte": "big5"}, "does not know"),
        ("generic-80mm", {"multibyte": "utf8"}, "expected one of"),
        ("generic-80mm", {"multibyte": "jis", "fonts": {"A": {"width": 9, "height": 24, "columns": 64}}}, "24 x 24"),
    ],
)
def test_profiles_that_cannot_be(name: str, options: dict[str, object], why: str) -> None:
    with pytest.raises(BadProfile, match=why):
        load_profile(name, options)


def test_underlined_pairs_are_underlined_too() -> None:
    profile = _profile("euc_kr")
    (ticket,) = render_job(
        compose(Receipt().text("커피 x", underline=True).text("커피"), profile).compiled.data, profile
    )
    lines = [(item.text, item.style.underline) for item in ticket.items if isinstance(item, TextCells)]
    assert lines == [("커피 x", 1), ("커피", 0)]
    assert replace(profile, multibyte=None).multibyte is None


def test_the_one_bundled_model_that_is_sold_with_one_code_system_alone_sets_it() -> None:
    profile = load_profile("epson-tm-t70ii-ch-58mm")
    assert profile.multibyte == "big5"
    composed = compose(Receipt().text("\u8336").cut(), profile, ())
    assert "\u8336".encode("big5") in composed.compiled.data
    assert composed.findings == ()


# Characters of the user's own, spacing and fonts.

_OWN = b"\xff\xff\xff" + b"\x80\x00\x01" * 22 + b"\xff\xff\xff"  # a frame of 24 by 24 dots


def _items(data: bytes, system: str = "jis") -> list[object]:
    return [item for ticket in render_job(data, _profile(system)) for item in ticket.items]


@pytest.mark.parametrize(
    ("system", "code", "mode"),
    [("jis", b"\x77\x21", b"\x1c&"), ("shift_jis", b"\xec\x40", b"\x1cC\x01"), ("gb18030", b"\xfe\xa1", b"\x1c&")],
)
def test_a_character_of_ones_own_is_printed_where_its_code_stands(system: str, code: bytes, mode: bytes) -> None:
    """`FS 2`, codes of the user area of each system (Epson fs_2)."""
    define = b"\x1c2" + code + _OWN
    (frame,) = _items(mode + define + code + b"\n", system)
    assert isinstance(frame, RasterBlock)
    assert (frame.width, frame.height) == (24, 24)
    rows = [frame.raster.data[at : at + 3] for at in range(0, 72, 3)]
    assert rows == [b"\xff\xff\xff", *[b"\x80\x00\x01"] * 22, b"\xff\xff\xff"]
    # Forgotten by `FS ?` and by `ESC @`.
    assert not any(
        isinstance(item, RasterBlock) for item in _items(mode + define + b"\x1c?" + code + code + b"\n", system)
    )
    assert not any(isinstance(item, RasterBlock) for item in _items(define + b"\x1b@" + mode + code + b"\n", system))


def test_a_character_of_ones_own_is_as_large_as_the_others() -> None:
    (frame,) = _items(b"\x1c&\x1c2\x77\x21" + _OWN + b"\x1cW\x01\x77\x21\n")
    assert isinstance(frame, RasterBlock)
    assert (frame.width, frame.height) == (48, 48)


def test_it_stands_between_others() -> None:
    first, frame, last = _items(b"\x1c&\x1c2\x77\x21" + _OWN + b"\x30\x21\x77\x21\x30\x22\n")
    assert isinstance(first, TextCells)
    assert isinstance(frame, RasterBlock)
    assert isinstance(last, TextCells)
    assert (first.x, frame.x, last.x) == (0, 24, 48)


def test_no_host_defines_more_than_the_user_area_holds() -> None:
    codes = [bytes((first, second)) for first in (0x74, 0x75, 0x76, 0x77) for second in range(0x21, 0x7F)]
    job = b"\x1c&" + b"".join(b"\x1c2" + code + _OWN for code in codes) + b"".join(code + b"\n" for code in codes)
    assert sum(isinstance(item, RasterBlock) for item in _items(job)) == 188


def test_blank_dots_on_both_sides() -> None:
    """`FS S`: left and right of each two-byte character, and of no other."""
    (pairs, single) = _items(b"\x1cS\x04\x02\x1c&\x30\x21\x30\x22\x1c.A\n")
    assert isinstance(pairs, TextCells)
    assert isinstance(single, TextCells)
    assert (pairs.x, pairs.width, pairs.style.spacing) == (4, 60, 6)
    assert single.x == 60
    assert single.style.spacing == 0


def test_spaced_characters_fill_the_line_to_the_dot() -> None:
    # 576 dots: 19 characters of 24 dots with 6 between take 570, the next does not fit.
    first, second = _items(b"\x1cS\x04\x02\x1c&" + b"\x30\x21" * 20 + b"\n")
    assert isinstance(first, TextCells)
    assert isinstance(second, TextCells)
    assert (len(first.text), len(second.text)) == (19, 1)
    # With 24 and 0 to the left and right twelve take all of the paper.
    first, second = _items(b"\x1cS\x18\x00\x1c&" + b"\x30\x21" * 13 + b"\n")
    assert isinstance(first, TextCells)
    assert (len(first.text), first.x, first.x + first.width) == (12, 24, 600)


def test_a_spacing_wider_than_the_paper_loses_nothing_and_comes_to_an_end() -> None:
    wide = b"\x1dW\x10\x00\x1cS\xff\xff\x1c&"
    assert len(_items(wide + b"\x30\x21" * 3 + b"\n")) == 3


@pytest.mark.parametrize(("font", "size"), [(0, (24, 24)), (1, (20, 24)), (50, (16, 16))])
def test_the_fonts_of_two_byte_characters(font: int, size: tuple[int, int]) -> None:
    (cells,) = _items(b"\x1c(A\x02\x000" + bytes([font]) + b"\x1c&\x30\x21\n")
    assert isinstance(cells, TextCells)
    assert (cells.width, cells.height) == size

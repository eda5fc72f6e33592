from __future__ import annotations

from pathlib import Path

import pytest

from posdevkit.errors import BadProfile
from posdevkit.profiles import FontMetrics, KnownAs, load_profile, profile_names

OWN = """
inherits = "generic-80mm"
model = "Counter 3"
width = 512

[fonts]
A = { width = 12, height = 24, columns = 42 }
"""


def write(folder: Path, text: str, name: str = "own.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_names_that_come_with_the_library() -> None:
    names = profile_names()
    assert names == tuple(sorted(names))
    assert len(names) >= 80
    by_hand = {"epson-tm-t88v", "generic-58mm", "generic-80mm", "generic-mute", "hprt-tp808", "star-tsp100"}
    assert by_hand <= set(names)
    assert "codepages" not in names


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_loads_and_fits_itself(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.sources
    assert profile.code_pages[0].name == "cp437"
    assert load_profile(name) is profile
    assert hash(profile) == hash(load_profile(name))


@pytest.mark.parametrize(
    ("name", "dots", "columns", "completion", "verified"),
    [
        ("generic-80mm", (576, 203), (48, 64), "in_order_status", "none"),
        ("generic-58mm", (384, 203), (32, 42), "in_order_status", "none"),
        ("generic-mute", (576, 203), (48, 64), "none", "none"),
        ("epson-tm-t88v", (512, 180), (42, 56), "process_id", "manual"),
        ("hprt-tp808", (576, 203), (48, 64), "in_order_status", "manual"),
        ("star-tsp100", (576, 203), (48, 64), "etb", "manual"),
        ("star-tsp100iv", (576, 203), (48, 64), "etb", "peer"),
        ("star-tsp650ii", (576, 203), (48, 64), "etb", "manual"),
        ("star-tsp700ii", (576, 203), (48, 64), "etb", "manual"),
        ("star-mc-print3", (576, 203), (48, 64), "etb", "peer"),
        ("star-mpop", (384, 203), (32, 42), "etb", "peer"),
    ],
)
def test_what_the_profiles_say(
    name: str, dots: tuple[int, int], columns: tuple[int, int], completion: str, verified: str
) -> None:
    profile = load_profile(name)
    assert (profile.width, profile.dpi) == dots
    assert (profile.fonts["A"].columns, profile.fonts["B"].columns) == columns
    assert (profile.completion, profile.verified) == (completion, verified)


def test_a_mute_printer_is_asked_nothing() -> None:
    mute = load_profile("generic-mute")
    asked = (mute.answers, mute.asb, mute.realtime_status, mute.identity, mute.realtime_clear)
    assert not any(asked)


def test_a_file_inherits_and_its_tables_replace(tmp_path: Path) -> None:
    profile = load_profile(write(tmp_path, OWN))
    assert (profile.name, profile.model, profile.width, profile.dpi) == ("own", "Counter 3", 512, 203)
    assert profile.fonts == {"A": FontMetrics(12, 24, 42)}


def test_a_file_inherits_from_a_file_beside_it(tmp_path: Path) -> None:
    write(tmp_path, OWN)
    child = write(tmp_path, 'inherits = "./own.toml"\nvendor = "me"\n', "child.toml")
    assert (load_profile(str(child)).vendor, load_profile(child).width) == ("me", 512)


def test_overrides_are_checked_like_a_file() -> None:
    profile = load_profile("epson-tm-t88v", {"cutter": False, "completion": "in_order_status"})
    assert profile.cutter is None
    assert profile.completion == "in_order_status"
    assert load_profile("epson-tm-t88v").cutter is not None
    with pytest.raises(BadProfile, match="complet1on: unknown key; the nearest name is 'completion'"):
        load_profile("epson-tm-t88v", {"complet1on": "none"})


@pytest.mark.parametrize(
    ("line", "where", "why"),
    [
        ("widht = 5", "line 9: widht", "unknown key; the nearest name is 'width'"),
        ('dpi = "203"', "line 9: dpi", "expected a whole number, got '203'"),
        ("dpi = true", "line 9: dpi", "expected a whole number, got True"),
        ("dpi = 5", "line 9: dpi", "expected 60 to 600, got 5"),
        ('completion = "process-id"', "line 9: completion", "the nearest name is 'process_id'"),
        ('qr = "yes"', "line 9: qr", "expected true or false"),
        ("drawer_pins = [2, 3]", "line 9: drawer_pins", "pin 2 or 5, not 3"),
        ('barcodes = ["EAN31"]', "line 9: barcodes", "the nearest name is 'EAN13'"),
        ('vendor = " "', "line 9: vendor", "expected text"),
        ("cutter = true", "line 9: cutter", "expected false, or a table"),
        ("cutter = { feed = 9, full = false, partial = false }", "line 9: cutter", "fully, partially or both"),
        ("[code_pages]\ncp437 = 0\nkatakanna = 1", "line 11: code_pages.katakanna", "the nearest name is 'katakana'"),
        ("[code_pages]\ncp437 = 0\ncp850 = 0", "line 11: code_pages.cp850", "number 0 is taken by cp437"),
        ("[code_pages]\ncp437 = 256", "line 10: code_pages.cp437", "expected 0 to 255"),
        ("[cutter]\nfeed = 1\nfull = true", "line 9: cutter", "missing partial"),
        ("[cutter]\nfeet = 1", "line 10: cutter.feet", "the nearest name is 'feed'"),
        ("answers = false", "", "answers = false, yet"),
        ("inherits = 5", "", "Cannot overwrite a value"),
        ("width 5", "", "line 9"),
    ],
)
def test_a_wrong_file_is_told_with_line_and_nearest_name(tmp_path: Path, line: str, where: str, why: str) -> None:
    text = f'inherits = "generic-80mm"\n\n\n\n\n\n\n\n{line}\n'
    with pytest.raises(BadProfile) as caught:
        load_profile(write(tmp_path, text))
    assert where in caught.value.detail
    assert why in caught.value.detail


def test_a_key_in_a_table_keeps_its_own_line(tmp_path: Path) -> None:
    wrong = OWN.replace("height", "hight")
    with pytest.raises(BadProfile, match=r"line 7: fonts\.A\.hight: unknown key 'hight'; the nearest name is 'height'"):
        load_profile(write(tmp_path, wrong))


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        ({"width": 4000}, "4000 dots at 203 dpi do not fit on 80 mm"),
        ({"fonts": {"A": {"width": 12, "height": 24, "columns": 99}}}, "99 columns of 12 dots do not fit in 576 dots"),
        ({"fonts": {}}, "at least font A"),
        ({"fonts": {"A": 5}}, "expected a table"),
        ({"fonts": {"A": {"width": 12, "height": 24, "columns": 9}, "D": {}}}, "unknown font 'D'"),
        ({"code_pages": {}}, "in order of preference"),
        ({"sources": "one"}, "expected a list"),
        ({"language": "star-prnt"}, "language = 'star-prnt' does not know graphics = 'gs_v_0'"),
        ({"completion": "etb"}, "language = 'escpos' does not know completion = 'etb'"),
        ({"graphics": "star_rows"}, "language = 'escpos' does not know graphics = 'star_rows'"),
        ({"language": "epl"}, "expected one of escpos, star-prnt, star-line, star-graphic"),
    ],
)
def test_what_contradicts_itself_is_refused(overrides: dict[str, object], why: str) -> None:
    with pytest.raises(BadProfile) as caught:
        load_profile("generic-80mm", overrides)
    assert why in caught.value.detail


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("epson-tm-t88v", "escpos"),
        ("star-tsp100", "star-graphic"),
        ("star-tsp100iv", "star-prnt"),
        ("star-tsp650ii", "star-line"),
        ("star-tsp700ii", "star-line"),
        ("star-mc-print3", "star-prnt"),
        ("star-mpop", "star-prnt"),
    ],
)
def test_which_language_a_model_speaks(name: str, language: str) -> None:
    assert load_profile(name).language == language


def test_what_tells_a_model_from_others_is_not_inherited(tmp_path: Path) -> None:
    assert load_profile("epson-tm-t88v").known_as.maker == ("EPSON",)
    child = load_profile(write(tmp_path, 'inherits = "epson-tm-t88v"\nmodel = "Counter 3"\n'))
    assert child.known_as == KnownAs()


def test_what_comes_from_a_database_says_so() -> None:
    for name in profile_names():
        profile = load_profile(name)
        databases = [one for one in profile.sources if "escpos-printer-db" in one or "ReceiptPrinterEncoder" in one]
        if len(databases) == len(profile.sources) and profile.vendor != "generic":
            assert profile.verified in ("database", "peer"), name
        for source in databases:
            assert ("CC-BY-4.0" in source) == ("escpos-printer-db" in source)
            assert ("(MIT)" in source) == ("ReceiptPrinterEncoder" in source)


def test_a_circle_is_found(tmp_path: Path) -> None:
    write(tmp_path, 'inherits = "b.toml"\n', "a.toml")
    write(tmp_path, 'inherits = "a.toml"\n', "b.toml")
    with pytest.raises(BadProfile, match="circle"):
        load_profile(tmp_path / "a.toml")


def test_an_incomplete_profile_names_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="missing vendor, model"):
        load_profile(write(tmp_path, "dpi = 203\n"))


def test_an_unknown_name_gets_the_nearest_and_the_list() -> None:
    with pytest.raises(BadProfile, match="the nearest name is 'epson-tm-t88v'") as caught:
        load_profile("epson-t88v")
    assert "posdevkit profiles" in caught.value.remedy()


def test_an_unknown_parent_is_named_with_its_child(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match=r"own\.toml inherits 'generic-81mm'"):
        load_profile(write(tmp_path, 'inherits = "generic-81mm"\n'))


def test_inherits_takes_a_name(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="line 1: inherits: expected"):
        load_profile(write(tmp_path, "inherits = 5\n"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="No such file"):
        load_profile(tmp_path / "none.toml")
    path = tmp_path / "latin1.toml"
    path.write_bytes(b'vendor = "\xe6"\n')
    with pytest.raises(BadProfile, match="not UTF-8"):
        load_profile(path)


def test_only_printers_of_characters_return_a_number() -> None:
    assert load_profile("star-tsp650ii", {"completion": "print_end"}).completion == "print_end"
    with pytest.raises(BadProfile, match="language = 'star-graphic' does not know completion = 'print_end'"):
        load_profile("star-tsp100", {"completion": "print_end"})
    with pytest.raises(BadProfile, match="language = 'escpos' does not know completion = 'print_end'"):
        load_profile("generic-80mm", {"completion": "print_end"})

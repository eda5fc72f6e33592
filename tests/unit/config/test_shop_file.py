"""A shop's file: what it may say, and how everything else is answered."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from posdevkit.config import Problem, check, load_config
from posdevkit.errors import BadConfiguration
from posdevkit.links.url import parse_url
from posdevkit.registry import KINDS
from posdevkit.secret import Secret

GOOD = """\
# The shop in the high street
[printer.counter]
url = "tcp://192.168.1.87"
profile = "epson-tm-t88v"
fallback = "kitchen"
options = { cutter = false }

[printer.kitchen]
url = "tcp://192.168.1.88:9101?drain=10"

[printer."Front Desk"]
url = "emu://receipt-printer"
fallback = "kitchen"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop.toml"


def write(path: Path, text: str) -> Path:
    path.write_text(textwrap.dedent(text), "utf-8")
    return path


def test_a_good_file(shop: Path) -> None:
    config = load_config(write(shop, GOOD))
    assert config.path == shop
    assert list(config.devices) == ["counter", "kitchen", "Front Desk"]
    counter = config.devices["counter"]
    assert (counter.name, counter.kind, counter.fallback) == ("counter", "printer", "kitchen")
    assert counter.url == parse_url("tcp://192.168.1.87")
    assert counter.settings == {"profile": "epson-tm-t88v", "options": {"cutter": False}}
    kitchen = config.devices["kitchen"]
    assert (kitchen.fallback, kitchen.settings) == (None, {"profile": "generic-80mm"})
    assert check(shop) == []
    assert load_config(str(shop)) == config
    with pytest.raises(TypeError):
        config.devices["x"] = counter  # type: ignore[index]


def test_an_empty_shop_is_a_shop(shop: Path) -> None:
    assert load_config(write(shop, "")).devices == {}


def test_a_file_with_a_byte_order_mark(shop: Path) -> None:
    shop.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert check(shop) == []


def test_a_profile_may_be_a_file_beside_it(shop: Path) -> None:
    write(shop.parent / "mine.toml", 'inherits = "generic-80mm"\n')
    config = load_config(write(shop, '[printer.a]\nurl = "memory://a"\nprofile = "mine.toml"\n'))
    assert config.devices["a"].settings["profile"] == str(shop.parent / "mine.toml")


EVERY_KIND = """\
[printer.counter]
url = "tcp://192.168.1.87"
[receipt-printer.kitchen]
url = "tcp://192.168.1.88"
[label-printer.stock]
url = "tcp://192.168.1.89"
profile = "generic-zpl-203"
[scanner.hand]
url = "serial:///dev/ttyACM0?suffix=lf"
[card-reader.stripe]
url = "serial:///dev/ttyUSB2"
[payment-terminal.till]
url = "zvt://192.168.1.90"
password = "314159"
[display.customer]
url = "serial:///dev/ttyUSB0"
language = "epson-dm-d"
code_page = "cp858"
[scale.fruit]
url = "serial:///dev/ttyUSB1"
unit = "lb"
"""


def test_every_kind_of_device(shop: Path) -> None:
    config = load_config(write(shop, EVERY_KIND))
    assert {device.kind for device in config.devices.values()} == set(KINDS)
    assert config.names("printer") == ("counter", "kitchen")
    assert config.devices["stock"].settings == {"profile": "generic-zpl-203"}
    assert config.devices["hand"].url.option("suffix") == "lf"
    assert config.devices["till"].settings == {
        "password": Secret("314159"),
        "journal": str(shop.parent / "payments-till.jsonl"),
    }
    assert config.devices["customer"].settings == {"language": "epson-dm-d", "code_page": "cp858"}
    assert config.devices["fruit"].settings == {"unit": "lb"}


def test_the_page_shows_a_file_that_is_right_and_names_every_kind(shop: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "shop.md").read_text("utf-8")
    (text,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert {device.kind for device in load_config(write(shop, text)).devices.values()} == set(KINDS)


def test_a_password_is_a_secret_wherever_it_stands(shop: Path) -> None:
    write(shop, '[payment-terminal.till]\nurl = "zvt://192.168.1.90?password=314159"\njournal = "books.jsonl"\n')
    config = load_config(shop)
    assert config.devices["till"].settings == {
        "password": Secret("314159"),
        "journal": str(shop.parent / "books.jsonl"),
    }
    assert "314159" not in repr(config)
    for wrong in ("31415", "31415x"):
        for text in (f'url = "zvt://a?password={wrong}"\n', f'url = "zvt://a"\npassword = "{wrong}"\n'):
            (problem,) = check(write(shop, f"[payment-terminal.till]\n{text}"))
            assert wrong not in f"{problem} {problem.remedy}"
            assert "six digits" in str(problem)
    (problem,) = check(write(shop, '[payment-terminal.till]\nurl = "zvt://a"\npassword = 314159\n'))
    assert (problem.line, "quotation marks" in problem.what, "314159" in str(problem)) == (3, True, False)


def test_everything_wrong_inside_a_table_is_told(shop: Path) -> None:
    write(shop, '[printer.a]\nurl = "memory://a"\n[printer.a.options]\npaper_m = 58\nwidth = "wide"\n')
    assert [(problem.line, problem.key) for problem in check(shop)] == [
        (4, "printer.a.options.paper_m"),
        (5, "printer.a.options.width"),
    ]


# name -> the file, line, what is said
WRONG: dict[str, tuple[str, int, str]] = {
    "no TOML": ('[printer.a]\nurl = "tcp://x\n', 2, "not TOML"),
    "a table twice": ('[printer.a]\nurl="memory://a"\n[printer.a]\n', 3, "not TOML"),
    "a file cut off": ('[printer.a]\nurl = """x\n', 3, "not TOML"),
    "an unknown kind": ('\n[prinetr.a]\nurl = "tcp://x"\n', 2, "the nearest name is 'printer'"),
    "a top-level value": ('language = "da"\n', 1, "unknown kind of device"),
    "a kind without names": ("printer = 3\n", 1, "expected devices with names"),
    "a device without a name": ('[printer]\nurl = "tcp://x"\n', 2, "a device needs a name"),
    "an empty name": ('[printer." "]\nurl = "memory://x"\n', 1, "the name is empty"),
    "an unknown key": ('[printer.a]\nurl = "memory://x"\nprofil = "y"\n', 3, "the nearest name is 'profile'"),
    "a key nothing like any": ('[printer.a]\nurl = "memory://x"\nzzzzz = 1\n', 3, "unknown key"),
    "no url": ('[printer.a]\nprofile = "generic-80mm"\n', 1, "missing url"),
    "a url that is no text": ("[printer.a]\nurl = 9100\n", 2, "expected text, got 9100"),
    "an empty url": ('[printer.a]\nurl = " "\n', 2, "expected text"),
    "a bad url": ('[printer.a]\n\nurl = "192.168.1.87"\n', 3, "has no '://'"),
    "a scheme with a slip": ('[printer.a]\nurl = "tpc://x"\n', 2, "did you mean tcp://"),
    "an option with a slip": ('[printer.a]\nurl = "tcp://x?darin=1"\n', 2, "did you mean 'drain'"),
    "a cable for later": ('[printer.a]\nurl = "spooler://Till"\n', 2, "print queues"),
    "an unknown profile": ('[printer.a]\nurl = "memory://x"\nprofile = "epson-tm-t88"\n', 3, "epson-tm-t88v"),
    "a profile that is no text": ('[printer.a]\nurl = "memory://x"\nprofile = true\n', 3, "expected text"),
    "a profile file that is missing": ('[printer.a]\nurl = "memory://x"\nprofile = "./x.toml"\n', 3, "x.toml"),
    "options that are no table": ('[printer.a]\nurl = "memory://x"\noptions = 3\n', 3, "expected a table"),
    "an unknown option": (
        '[printer.a]\nurl = "memory://x"\n[printer.a.options]\n\npaper_m = 58\n',
        5,
        "the nearest name is 'paper_mm'",
    ),
    "an option's wrong value": (
        '[printer.a]\nurl = "memory://x"\noptions.width = "wide"\n',
        3,
        "expected a whole number",
    ),
    "options that contradict": ('[printer.a]\nurl = "memory://x"\noptions.paper_mm = 20\n', 3, "20"),
    "an unknown fallback": (
        '[printer.a]\nurl = "memory://a"\nfallback = "kitchn"\n[printer.kitchen]\nurl = "memory://k"\n',
        3,
        "the nearest name is 'kitchen'",
    ),
    "a fallback alone": ('[printer.a]\nurl = "memory://a"\nfallback = "b"\n', 3, "no printer 'b'"),
    "itself as fallback": ('[printer.a]\nurl = "memory://a"\nfallback = "a"\n', 3, "a circle: a -> a"),
    "a circle": (
        (
            '[printer.b]\nurl = "memory://b"\nfallback = "c"\n[printer.a]\nurl = "memory://a"\nfallback = "b"\n'
            '[printer.c]\nurl = "memory://c"\nfallback = "b"\n'
        ),
        3,
        "a circle: b -> c -> b",
    ),
    "a kind's own key on another kind": ('[scale.a]\nurl = "memory://x"\nprofile = "y"\n', 3, "unknown key"),
    "a kind spelled as in Python": (
        '[label_printer.a]\nurl = "memory://x"\n',
        1,
        "the nearest name is 'label-printer'",
    ),
    "a printer's profile on a label printer": (
        '[label-printer.a]\nurl = "memory://x"\nprofile = "epson-tm-t88v"\n',
        3,
        "epson-tm-t88v",
    ),
    "a terminal on another cable": ('[payment-terminal.a]\nurl = "tcp://x"\n', 2, "is no payment terminal"),
    "a journal in no directory": (
        '[payment-terminal.a]\nurl = "zvt://x"\njournal = "none/a.jsonl"\n',
        3,
        "there is no directory",
    ),
    "a journal of two terminals": (
        '[payment-terminal.a]\nurl = "zvt://x"\njournal = "j"\n[payment-terminal.b]\nurl = "zvt://y"\njournal = "j"\n',
        6,
        "the same journal as 'a'",
    ),
    "a password said twice": (
        '[payment-terminal.a]\nurl = "zvt://x?password=123456"\npassword = "123456"\n',
        3,
        "also stands in the url",
    ),
    "a display's language with a slip": (
        '[display.a]\nurl = "memory://x"\nlanguage = "cd520"\n',
        3,
        "the nearest name is 'cd5220'",
    ),
    "a page that a display lacks": ('[display.a]\nurl = "memory://x"\ncode_page = "cp858"\n', 3, "cp858"),
    "a scale's unit": ('[scale.a]\nurl = "memory://x"\nunit = "g"\n', 3, "expected one of kg, lb"),
    "an option of the wrong sort of scanner": ('[scanner.a]\nurl = "memory://x?layout=dk"\n', 2, "'layout'"),
    "a printer that sends reports": ('[printer.a]\nurl = "hid://05e0:1300"\n', 2, "reports"),
    "a stand-in for what has none": ('[scale.a]\nurl = "memory://x"\nfallback = "b"\n', 3, "unknown key"),
    "one name for two kinds": (
        '[scale.a]\nurl = "memory://x"\n[display.a]\nurl = "memory://y"\n',
        3,
        "the name is taken by a scale",
    ),
    "one device under two names": (
        '[printer.a]\nurl = "tcp://x"\n[printer.b]\nurl = "tcp://x"\n',
        4,
        "the same device as 'a'",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_once_with_file_and_line(shop: Path, name: str) -> None:
    text, line, said = WRONG[name]
    write(shop, text)
    (problem,) = check(shop)
    assert (problem.line, Path(problem.file).name) == (line, "shop.toml"), problem
    assert said in str(problem)
    with pytest.raises(BadConfiguration) as caught:
        load_config(shop)
    assert f"shop.toml, line {line}" in caught.value.detail
    assert said in caught.value.detail
    assert caught.value.remedy()


def test_everything_wrong_is_told_at_once_in_the_order_of_the_lines(shop: Path) -> None:
    write(
        shop,
        """\
        [printer.a]
        url = "nonsense"
        fallback = "nobody"
        colour = "red"

        [printer.b]
        url = "memory://b"
        fallback = "a"
        profile = "unknown"

        [scaner.c]
        url = "hid://05e0:1300"
        """,
    )
    problems = check(shop)
    assert [(problem.line, problem.key) for problem in problems] == [
        (2, "printer.a.url"),
        (3, "printer.a.fallback"),
        (4, "printer.a.colour"),
        (9, "printer.b.profile"),
        (11, "scaner"),
    ]
    with pytest.raises(BadConfiguration, match=r"printer\.a\.url.*\(and 4 more\)"):
        load_config(shop)


def test_two_emulators_of_one_kind_are_two_devices(shop: Path) -> None:
    write(shop, '[printer.a]\nurl = "emu://receipt-printer"\n[printer.b]\nurl = "emu://receipt-printer"\n')
    assert check(shop) == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (problem,) = check(tmp_path / "none.toml")
    assert problem.line is None
    assert "none.toml: No such file" in str(problem)
    with pytest.raises(BadConfiguration, match="No such file") as caught:
        load_config(tmp_path / "none.toml")
    assert "path" in caught.value.remedy()
    with pytest.raises(BadConfiguration):
        load_config(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9\n")
    (problem,) = check(tmp_path / "latin.toml")
    assert "UTF-8" in problem.what


def test_how_a_problem_reads() -> None:
    assert str(Problem("shop.toml", 3, "printer.a.url", "wrong")) == "shop.toml, line 3: printer.a.url: wrong"
    assert str(Problem("shop.toml", None, "", "wrong")) == "shop.toml: wrong"

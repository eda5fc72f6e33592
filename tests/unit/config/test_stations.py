"""Stations in a shop's file: read, or told what is wrong with them and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from posdevkit.config import check, load_config
from posdevkit.till.kitchen import Station

PRINTERS = '[printer.kitchen]\nurl = "tcp://192.168.1.87"\n[printer.bar]\nurl = "tcp://192.168.1.88"\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "shop.toml"
    path.write_text(PRINTERS + text, "utf-8")
    return path


def test_stations_are_read_in_their_order(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[station.kitchen]\nprinter = "kitchen"\nfallback = ["bar"]\ncategories = ["food"]\npatience = 5\n'
        '[station.drinks]\nprinter = "bar"\ndefault = true\n',
    )
    assert check(path) == []
    assert load_config(path).stations == (
        Station("kitchen", ("kitchen", "bar"), frozenset({"food"}), patience=5.0),
        Station("drinks", ("bar",), default=True),
    )


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[station.a]\nprinter = "kitchn"\n', 6, "nearest name is 'kitchen'"),
        ("[station.a]\ndefault = true\n", 5, "missing printer"),
        ('[station.a]\nprinter = "bar"\nfallback = ["bar"]\n', 7, "stands twice"),
        ('[station.a]\nprinter = "bar"\nfallback = "kitchen"\n', 7, "expected a list"),
        ('[station.a]\nprinter = "bar"\npatience = 0\n', 7, "expected seconds"),
        ('[station.a]\nprinter = "bar"\ndefault = 1\n', 7, "expected true or false"),
        ('[station.a]\nprinter = "bar"\ncategory = ["x"]\n', 7, "nearest name is 'categories'"),
        ('[station]\nprinter = "bar"\n', 6, "needs a name"),
        (
            '[station.a]\nprinter = "bar"\ncategories = ["x"]\n[station.b]\nprinter = "bar"\ncategories = ["x"]\n',
            None,
            "'a' and 'b'",
        ),
        ('[statoin.a]\nprinter = "bar"\n', 5, "nearest name is 'station'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int | None, says: str, tmp_path: Path) -> None:
    (problem,) = check(write(tmp_path, text))
    assert says in problem.what
    if line is not None:
        assert problem.line == line

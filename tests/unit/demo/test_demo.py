"""The morning in the shop: that it adds up, what it leaves, and that a figure which is tampered with is named."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from posdevkit.cli.main import main
from posdevkit.money import Money
from posdevkit_emulators.demo import command, play
from posdevkit_emulators.demo.audit import audit
from posdevkit_emulators.demo.morning import Line, data, morning, order
from posdevkit_emulators.demo.narrator import Narrator
from posdevkit_emulators.demo.office import REPORTS, Office
from posdevkit_emulators.demo.scenes import SCENES
from posdevkit_emulators.demo.stage import Stage
from posdevkit_emulators.terminals import Approval

Event = dict[str, Any]


@dataclass
class Morning:
    """One that was played."""

    code: int
    out: Path
    events: list[Event]
    stage: Stage

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]


def narrator() -> Narrator:
    return Narrator(as_json=True, scenes=len(SCENES) + 1)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """The whole morning, once for all tests that only look at it."""
    out = tmp_path_factory.mktemp("demo") / "new" / "folder"
    stages: list[Stage] = []

    def audited(stage: Stage) -> None:
        stages.append(stage)
        audit(stage)

    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(told):
        patch.setattr(play, "audit", audited)
        code = play.play(out, narrator())
    return Morning(code, out, [json.loads(line) for line in told.getvalue().splitlines()], stages[0])


def test_everything_adds_up(played: Morning) -> None:
    assert played.code == 0
    scenes = played.of("scene")
    assert [scene["number"] for scene in scenes] == list(range(1, len(SCENES) + 2))
    checks = played.of("check")
    assert len({check["what"] for check in checks}) == len(checks) >= 50
    assert all(check["ok"] and check["expected"] == check["found"] for check in checks)
    (end,) = played.of("end")
    assert played.events[-1] == end
    assert (end["ok"], end["figures"], end["failures"]) == (True, len(checks), 0)
    assert 0 < end["seconds"] < 60


def test_the_morning_has_all_that_a_morning_brings(played: Morning) -> None:
    page = morning()
    assert {sale.means for sale in page.sales} == {"cash", "card", "wallet"}
    assert Counter(event["how"].split()[0] for event in played.of("line")).keys() == {"scanned", "weighed", "keyed"}
    assert {event["printer"] for event in played.of("paper")} == {"counter", "bar", "terrace"}
    assert {event["delivery"] for event in played.of("paper") if event["printer"] != "terrace"} == {"confirmed"}
    assert [event["problem"] for event in played.of("remedy") if "problem" in event] == ["paper-out"]
    assert [event["error"] for event in played.of("remedy") if "error" in event] == [
        "payment-unresolved",
        "cloud-offline",
    ]
    assert [event["state"] for event in played.of("payment") if "state" in event].count("unknown") == 1
    assert [event["up"] for event in played.of("network")] == [False, True]
    assert len(played.of("sold")) == len(page.sales)
    assert len(played.of("refund")) == len(page.refunds) == 1
    assert len(played.of("campaign")) == 1
    assert len(played.of("z-report")) == 3


def test_what_it_leaves(played: Morning) -> None:
    out = played.out
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    for printer, tickets in (("counter", 7), ("bar", 5), ("terrace", 4)):
        assert {
            f"{printer}/{number:04}.{kind}" for number in range(1, tickets + 1) for kind in ("png", "txt", "json")
        } <= names
        assert f"{printer}/{tickets + 1:04}.png" not in names
    assert {f"report/{name}.{kind}" for name in REPORTS for kind in ("json", "csv")} <= names
    assert {"index.html", "report/index.html", "shop.toml", "labels/0001.png"} <= names
    assert len([name for name in names if name.startswith("display/")]) == 5
    big = (out / "counter" / "0003.txt").read_text("utf-8")
    assert "Æblejuice, økologisk" in big
    assert json.loads((out / "counter" / "0003.json").read_text("utf-8"))["faults"]


def test_the_pages_stand_by_themselves(played: Morning) -> None:
    for page in (played.out / "index.html", played.out / "report" / "index.html"):
        text = page.read_text("utf-8")
        assert "<script" not in text
        assert 'lang="en"' in text
        for link in re.findall(r'(?:href|src)="(?!data:)([^"]+)"', text):
            assert (page.parent / link).exists(), link
        for image in re.findall(r"<img [^>]*>", text):
            assert re.search(r'alt="[^"]+"', image)
            assert re.search(r'width="\d+" height="\d+"', image)
    index = (played.out / "index.html").read_text("utf-8")
    assert index.count("<img ") == 7 + 5 + 4 + 5 + 1
    assert index.count("<section ") == len(SCENES) + 1
    assert "1.147,57" in index


def test_no_code_and_no_card_in_clear(played: Morning) -> None:
    told = json.dumps(played.events).encode()
    code = morning().wallet.code.encode()
    for content in (told, *(path.read_bytes() for path in played.out.rglob("*") if path.is_file())):
        assert code not in content
        assert b"476173" not in content


Tamper = Callable[[Stage, pytest.MonkeyPatch], None]


def _one_more_charge(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    ledger = stage.devices.terminal.model.ledger
    patch.setattr(stage.devices.terminal.model, "ledger", [*ledger, Approval(4800, 208, 6)])


def _wallet_charged_twice(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stage.wallet, "ledger", [*stage.wallet.ledger, Money(4500)])


def _a_ticket_twice(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    tray = stage.devices.printers["bar"]._tray
    patch.setattr(tray, "_tickets", [*tray._tickets, tray._tickets[0]])


def _report(name: str, field: str, more: float) -> Tamper:
    def tamper(stage: Stage, patch: pytest.MonkeyPatch) -> None:
        first, *others = stage.reports[name]
        patch.setitem(stage.reports, name, [{**first, field: first[field] + more}, *others])

    return tamper


def _a_sale_that_never_was(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    first, *others = stage.page.sales
    more = replace(first, lines=(*first.lines, Line("2509", "Bærepose", 500, 25, pieces=1)))
    patch.setattr(stage, "page", replace(stage.page, sales=(more, *others)))


def _code_in_a_log(stage: Stage, patch: pytest.MonkeyPatch) -> None:
    log = stage.out / "bar" / "debug.log"
    log.write_text(f"scanned {stage.page.wallet.code}", "utf-8")


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (_one_more_charge, ["charges in the terminal's ledger"]),
        (_wallet_charged_twice, ["charges in the wallet's ledger"]),
        (
            _a_ticket_twice,
            [
                "tickets of the bar's printer: one per receipt and a Z report",
                "receipts of the bar that are not on paper just once, with lines, sum, VAT and change",
            ],
        ),
        (_report("day", "amount", 1), ["turnover"]),
        (_report("vat", "vat", 1), ["VAT at 0 %"]),
        (_report("payment", "amount", -1), ["paid by card"]),
        (_report("stock", "quantity", 0.001), ["products of 31 whose stock differs"]),
        (_report("product", "quantity", 1), ["products of 31 whose quantity differs"]),
        (_report("points", "points", 1), ["points: balance", "points: redeem"]),
        (
            _a_sale_that_never_was,
            [
                "Z reports of the counter that tell 679,67",
                "kroner that the till expects in the counter's drawer",
                "paid by cash",
                "products of 32 whose stock differs",
                "products of 32 whose stock differs in the registers' ledgers",
                "products of 32 whose quantity differs",
                "products of 32 whose turnover differs",
                "receipts of 6 that differ in the journal of K1",
                "receipts of the counter that are not on paper just once, with lines, sum, VAT and change",
                "turnover",
                "turnover at 25 % VAT",
                "turnover by the hour",
                "VAT at 25 %",
            ],
        ),
        (_code_in_a_log, ["files that hold the wallet's code"]),
    ],
)
def test_what_is_tampered_with_is_named(
    tamper: Tamper, named: list[str], played: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = played.stage
    before = set(played.out.rglob("*"))
    monkeypatch.setattr(stage, "narrator", narrator())
    stage.narrator.begins("again")
    tamper(stage, monkeypatch)
    with contextlib.redirect_stdout(io.StringIO()):
        audit(stage)
    for path in set(played.out.rglob("*")) - before:
        path.unlink()
    assert sorted(one.partition(": expected")[0] for one in stage.narrator.failures) == sorted(named)


def test_a_figure_that_does_not_add_up_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Office.rows

    def rounded_up(office: Office, name: str) -> list[dict[str, Any]]:
        rows = honest(office, name)
        return [{**row, "vat": row["vat"] + 1} for row in rows] if name == "vat" else rows

    monkeypatch.setattr(Office, "rows", rounded_up)
    assert main(["demo", "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr()
    assert told.err == ""
    assert "[DOES NOT ADD UP] VAT at 25 %: expected 211,52, found 211,53" in told.out
    assert told.out.splitlines()[-2:] == [
        "  VAT at 25 %: expected 211,52, found 211,53",
        "  VAT at 0 %: expected 0,00, found 0,01",
    ]
    assert "Scene 9 of 14: The network is down for three sales, and returns" in told.out
    assert 'the cashier reads: "Load a new roll and close the cover."' in told.out
    assert max(map(len, told.out.splitlines())) <= 140 + len(str(tmp_path))
    assert "Not everything adds up:" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_without_ports_for_scanners_it_says_so_and_adds_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left() -> tuple[int, int]:
        raise OSError("out of pty devices")

    monkeypatch.setattr(os, "openpty", none_left, raising=False)
    monkeypatch.delattr(os, "mkfifo", raising=False)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert play.play(tmp_path / "out", narrator()) == 0
    events = [json.loads(line) for line in told.getvalue().splitlines()]
    assert [event["scanner"] for event in events if event["event"] == "lacking"] == ["counter", "terrace"]


def test_a_missing_library_is_one_error_with_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None if name in ("bumble", "fastapi") else object())
    assert main(["demo", "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "bumble, fastapi" in told.err
    assert "pip install 'posdevkit[all]' 'posdevkit-emulators[all]'" in told.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["demo", "--out", str(tmp_path / "file")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: Cannot write: ")
    assert len(told.err.splitlines()) == 2


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "mine.txt").write_text("mine")
    assert main(["demo", "--out", str(tmp_path)]) == 2
    assert "holds other things" in capsys.readouterr().err
    assert (tmp_path / "report" / "mine.txt").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_it_clears_what_an_earlier_one_left_and_nothing_else(tmp_path: Path) -> None:
    play._cleared(tmp_path)
    (tmp_path / "bar" / "0009.png").write_bytes(b"")
    (tmp_path / "mine.txt").write_text("mine")
    play._cleared(tmp_path)
    assert not (tmp_path / "bar" / "0009.png").exists()
    assert (tmp_path / "mine.txt").exists()


def test_slow_pauses_after_everything_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    pauses: list[float] = []
    slow = Narrator(slow=True, scenes=2, sleep=pauses.append)
    slow.begins("One")
    slow.tell("line", "scanned a bun")
    slow.check("buns", expected=1, found=1)
    assert len(pauses) == 3
    assert min(pauses) > 0.3
    told = capsys.readouterr()
    assert told.out == "\nScene 1 of 2: One\n   scanned a bun\n   [ok] buns: 1\n"
    assert told.err == ""


def test_the_receipts_of_the_documentation_travel_along() -> None:
    for name in ("cafe-order.json", "cafe-order-2.json"):
        sale, receipt = order(name)
        assert len({line.vat for line in sale.lines}) >= 2
        assert sale.reduction.minor > 0
        assert len(receipt) > 20
    assert data("logo.png").startswith(b"\x89PNG")

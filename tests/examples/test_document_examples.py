"""The examples that build documents, run as a reader runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft202012Validator

from posdevkit.documents.json import receipt_from_json, receipt_schema

EXAMPLES = Path(__file__).parents[2] / "examples"
ORDER = Path(str(files("posdevkit_emulators").joinpath("demo", "data", "cafe-order.json")))


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env={"PYTHONUTF8": "1"})


def test_a_first_receipt() -> None:
    value = json.loads(run("first_receipt.py").stdout)
    Draft202012Validator(receipt_schema()).validate(value)
    assert len(receipt_from_json(value)) == 10


def test_an_order_becomes_a_receipt() -> None:
    done = run("order_receipt.py", str(ORDER))
    assert done.stderr.splitlines() == [
        "VAT 25 %: 44.40 DKK in 221.98 DKK",
        "VAT 0 %: 0.00 DKK in 37.82 DKK",
        "Total 259.80 DKK, rounding 0.20 DKK, paid 300.00 DKK, change 40.00 DKK",
    ]
    value = json.loads(done.stdout)
    Draft202012Validator(receipt_schema()).validate(value)
    assert value["elements"][1]["path"] == (ORDER.parent / "logo.png").as_posix()


def test_a_day_at_the_till() -> None:
    done = run("sell.py")
    assert done.stderr.splitlines() == [
        "1 Flat white: 38.00 DKK",
        "2 Kanelsnegl: 50.00 DKK",
        "0.455 Æbler, danske: 11.35 DKK",
        # 99.35 less 10 %: 89.41; 39.41 are left for cash: 39.50
        "Total 89.41 DKK, rounding 0.09 DKK, change 60.50 DKK: {5000: 1, 1000: 1, 50: 1}",
        # 200 g of 455 g that cost 10.21
        "Refund -4.49 DKK, rounding -0.01 DKK",
        "Cash expected 535.00 DKK",
    ]
    value = json.loads(done.stdout)
    Draft202012Validator(receipt_schema()).validate(value)


def test_tables_on_narrow_and_wide_paper(tmp_path: Path) -> None:
    lines = run("tables.py", str(tmp_path / "receipt.png")).stdout.splitlines()
    assert "Item             Count       DKK" in lines
    assert "Regular guest, 10 %      -136,55" in lines
    assert "     To pay 1.228,95 DKK" in lines
    assert sum("1.228,95" in line for line in lines) == 4  # whole, on both
    assert (tmp_path / "receipt.png").read_bytes().startswith(b"\x89PNG")


def test_a_coupon_set_as_a_page(tmp_path: Path) -> None:
    lines = run("page.py", str(tmp_path / "coupon.png")).stdout.splitlines()
    assert "Café Nord" in lines
    assert any(line.split() == ["Flat", "white", "0,00"] for line in lines)
    assert any(line.strip() == "RIV AF" for line in lines)
    assert (tmp_path / "coupon.png").read_bytes().startswith(b"\x89PNG")


def test_one_receipt_in_many_scripts(tmp_path: Path) -> None:
    fonts = Path(__file__).parents[1] / "fixtures" / "fonts"
    lines = run("scripts.py", str(fonts), str(tmp_path / "ticket.png")).stdout.splitlines()
    assert lines[1].startswith("Kaffe på kande")
    assert [line for line in lines if "[image 576x" in line]
    assert lines[-2] == "日本茶" + "55,00".rjust(42)
    assert (tmp_path / "ticket.png").read_bytes().startswith(b"\x89PNG")

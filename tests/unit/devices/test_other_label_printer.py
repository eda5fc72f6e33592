"""A label profile of another resolution or model than the printer tells by `~HI`: told with the remedy, printed on."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from posdevkit import Label
from posdevkit.aio import LabelPrinter
from posdevkit.devices.choosing import label_profile_of, other_label_printer
from posdevkit.events import Delivery, OtherModelTold
from posdevkit.profiles import load_label_profile
from posdevkit.protocols.conversation import Identity
from posdevkit.protocols.zpl.session import ZplSession
from posdevkit_emulators.labels import LabelPrinterBench

LABEL = Label(40, 30).text(2, 2, "Flat white")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("named", "there"), [("generic-zpl-203", "generic-zpl-300"), ("generic-zpl-300", "generic-zpl-203")]
)
async def test_another_resolution_is_told_and_printed_on(
    named: str, there: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "posdevkit.devices")
    async with (
        LabelPrinterBench.tcp(profile=there) as bench,
        LabelPrinter(bench.url, load_label_profile(named)) as printer,
    ):
        events = printer.events()
        await printer.connect()
        told = await events.get(5)
        while not isinstance(told, OtherModelTold):
            told = await events.get(5)
        assert told == printer.other_model
        assert (told.profile, told.model, told.suggested) == (named, "EMULATED-ZPL", there)
        assert there in told.remedy
        assert (await printer.print(LABEL, timeout=10)).delivery is Delivery.SENT
        assert printer.profile.name == named
        assert (await bench.label(1)).texts == ("Flat white",)
    assert caplog.text.count("dots/mm, not") == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("profile", ["generic-zpl-203", "generic-zpl-300"])
async def test_the_right_one_is_not_doubted(profile: str) -> None:
    async with (
        LabelPrinterBench.tcp(profile=profile) as bench,
        LabelPrinter.open(bench.url, profile=profile) as printer,
    ):
        await printer.print(LABEL, timeout=10)  # what it is was told before
        assert printer.identity.model == "EMULATED-ZPL"
        assert printer.identity.dpmm == str(printer.profile.dpmm)
        assert printer.other_model is None


@pytest.mark.parametrize(
    ("model", "told", "other"),
    [
        ("ZD420", Identity(model="ZD420-203dpi", dpmm="8"), False),
        ("Zebra ZD420", Identity(model="ZD420", dpmm="8"), False),
        ("ZD420", Identity(model="ZT410-203dpi", dpmm="8"), True),
        ("ZD420", Identity(model="ZD420-300dpi", dpmm="12"), True),
        ("ZD420", Identity(), False),
        ("ZD420", Identity(dpmm="8"), False),
    ],
)
def test_a_profile_of_a_model(model: str, told: Identity, other: bool, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'inherits = "generic-zpl-203"\nvendor = "Zebra"\nmodel = "{model}"\n', "utf-8")
    assert other_label_printer(load_label_profile(path), told) is other


@pytest.mark.parametrize(("dpmm", "name"), [("8", "generic-zpl-203"), ("12", "generic-zpl-300"), ("24", ""), ("", "")])
def test_what_to_name_instead(dpmm: str, name: str) -> None:
    assert label_profile_of(dpmm) == name


@pytest.mark.parametrize(
    ("answer", "identity"),
    [
        # ZPL II guide 45541L-004, p. 169: XXXXXX,V1.0.0,dpm,000KB,X; with 6, 8, 12 or 24 dots/mm.
        (b"ZT410-300dpi,V75.20.15Z,12,65536KB", Identity("", "ZT410-300dpi", "V75.20.15Z", "", "12")),
        (b"ZD420-203dpi,V84.20.11Z,8 ,8192KB,C", Identity("", "ZD420-203dpi", "V84.20.11Z", "", "8")),
        (b"CLONE,V1,203,512KB", Identity("", "CLONE", "V1", "", "")),
        (b"CLONE,V1", None),
    ],
)
def test_host_identification(answer: bytes, identity: Identity | None) -> None:
    session = ZplSession(load_label_profile("generic-zpl-203"))
    session.sent(session.greeting())
    session.receive(b"\x02" + answer + b"\x03\r\n")
    assert session.identity == (identity or Identity())

"""Whether the drawer is open: pin 3 has a level, and only the shop's profile knows what it means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from posdevkit.devices.telling import status_json
from posdevkit.events import PrinterStatus
from posdevkit.profiles import Level, load_profile
from posdevkit.protocols.escpos.session import EscPosSession
from posdevkit.protocols.star.session import StarSession
from posdevkit_emulators.printers import ReceiptPrinterModel
from posdevkit_emulators.printers.star import StarPrinterModel

LEVELS: list[Level | None] = ["high", "low", None]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("is_open", [True, False])
def test_the_profile_tells_what_the_level_means(level: Level | None, is_open: bool) -> None:
    profile = replace(load_profile("epson-tm-t88v"), drawer_open=level)
    model, session = ReceiptPrinterModel(profile), EscPosSession(profile)
    model.connected()
    session.sent(session.greeting())
    model.set_drawer(is_open)
    session.receive(model.receive(session.greeting()).writes)
    assert session.status.drawer_open is (None if level is None else is_open)
    assert session.status.drawer_pin_high is (is_open if level != "low" else not is_open)
    assert status_json(session.status)["drawer_open"] is session.status.drawer_open


@pytest.mark.parametrize("level", ["high", "low"])
def test_the_same_with_stars_status(level: Level) -> None:
    profile = replace(load_profile("star-mc-print3"), drawer_open=level)
    model, session = StarPrinterModel(profile), StarSession(profile)
    model.connected()
    session.receive(model.receive(b"\x1b\x06\x01").writes)
    assert session.status.drawer_open is False
    model.set_drawer(True)
    session.receive(model.receive(b"\x1b\x06\x01").writes)
    assert session.status.drawer_open is True


def test_people_read_open_or_closed_where_that_is_known() -> None:
    assert "drawer pin 3 high" in str(PrinterStatus(drawer_pin_high=True))
    assert "drawer open" in str(PrinterStatus(drawer_pin_high=False).with_drawer("low"))
    assert "drawer closed" in str(PrinterStatus(drawer_pin_high=True).with_drawer("low"))
    assert PrinterStatus().with_drawer("low").drawer_open is None

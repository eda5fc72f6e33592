"""The display driver against the emulated display, over memory and TCP, with the cable misbehaving."""

from __future__ import annotations

import asyncio
import itertools
import sys

import pytest

from posdevkit.aio import Display
from posdevkit.errors import BadText, DeadlineExceeded, Disconnected, Unsupported, UsageError
from posdevkit_emulators.displays import DisplayModel
from posdevkit_emulators.gadgets import GadgetBench

pytestmark = pytest.mark.asyncio

_names = (f"display-{n}" for n in itertools.count())


def padded(*lines: str) -> tuple[str, ...]:
    return tuple(line.ljust(20) for line in lines)


@pytest.mark.parametrize("language", ["cd5220", "epson-dm-d"])
@pytest.mark.parametrize("wire", ["memory", "tcp"])
@pytest.mark.parametrize("faults", [(), ("split=1",)])
async def test_shows_dims_and_clears(language: str, wire: str, faults: tuple[str, ...]) -> None:
    model = DisplayModel(language)
    made = (
        GadgetBench.tcp(model, faults=faults)
        if wire == "tcp"
        else GadgetBench.memory(model, next(_names), faults=faults)
    )
    async with made as bench, Display.open(bench.url, language=language) as display:
        await display.show("Kanelsnegl", "à 32,00")
        await bench.until(lambda: model.lines == padded("Kanelsnegl", "à 32,00"))
        await display.brightness(2)
        await bench.until(lambda: model.brightness == 2 and model.lines == padded("Kanelsnegl", "à 32,00"))
        await display.show("a line that is longer than the glass")
        await bench.until(lambda: model.lines == padded("a line that is longe", ""))
        await display.clear()
        await bench.until(lambda: model.lines == padded("", ""))


async def test_text_is_data() -> None:
    model = DisplayModel()
    async with GadgetBench.memory(model, next(_names)) as bench, Display.open(bench.url) as display:
        with pytest.raises(BadText):
            await display.show("x\x0c", "y")
        with pytest.raises(BadText):
            await display.show("x", "\x1b@")
        await display.show("Æble — ĳ", "日")
        await bench.until(lambda: model.lines == padded("Æble - ?", "?"))


async def test_a_cable_that_was_pulled_is_told_and_the_next_call_sets_up_anew() -> None:
    model = DisplayModel("epson-dm-d")
    async with (
        GadgetBench.memory(model, next(_names)) as bench,
        Display.open(bench.url, language="epson-dm-d") as display,
    ):
        await display.brightness(1)
        await bench.until(lambda: model.brightness == 1)
        await bench.unplug()
        with pytest.raises(Disconnected):
            await display.show("gone")
        model.brightness = 4
        await bench.plug()
        await display.show("back", "here")
        await bench.until(lambda: model.lines == padded("back", "here"))
        assert model.brightness == 1


async def test_a_display_that_takes_nothing_is_told() -> None:
    model = DisplayModel()
    async with (
        GadgetBench.memory(model, next(_names), faults=["stall-at=30"]) as bench,
        Display.open(bench.url) as display,
    ):
        with pytest.raises(DeadlineExceeded):
            for _ in range(5000):
                await display.show("x" * 20, "y" * 20, timeout=0.05)
        bench.resume()
        await display.show("again")
        await bench.until(lambda: model.lines == padded("again", ""))


async def test_what_cannot_be_opened_is_refused_first() -> None:
    with pytest.raises(UsageError):
        Display.open("memory://x", language="klingon")
    with pytest.raises(Unsupported):
        Display.open("memory://x", code_page="cp858")
    with pytest.raises(Disconnected):
        await Display.open("memory://nobody-there")


async def told(display: Display) -> str:
    for _ in range(2000):
        if display.noise:
            break
        await asyncio.sleep(0.01)
    return display.noise


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")
async def test_what_a_display_cannot_have_sent_is_told_with_the_settings(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("serial")
    model = DisplayModel()
    async with GadgetBench.pty(model) as bench, Display.open(f"{bench.url}?baud=19200") as display:
        await display.show("one")
        await bench.until(lambda: model.lines == padded("one", ""))
        assert display.noise == ""
        await bench.say(b"\x00\xfe\x80\xf8")
        assert "set to 19200 8N1: check baud" in await told(display)
        await display.show("two")
        await bench.until(lambda: model.lines == padded("two", ""))
        await bench.say(b"\x00\xfe\x80\xf8")
        await asyncio.sleep(0.05)
    assert caplog.text.count("19200 8N1") == 1


async def test_noise_elsewhere_and_what_is_none(caplog: pytest.LogCaptureFixture) -> None:
    model = DisplayModel()
    async with GadgetBench.memory(model, next(_names)) as bench, Display.open(bench.url) as display:
        await bench.until(lambda: bench.taken > 0)
        await bench.say(b"\x13\x11" * 20)  # it holds its host up, and lets it go on
        await bench.say(b"\xff\x00")  # as it is switched on
        await display.show("x")
        await asyncio.sleep(0.05)
        assert not display.noise
        await bench.say(b"\x16\x12")
        assert "of the port it hangs on" in await told(display)
        await bench.unplug()
        with pytest.raises(Disconnected):
            await display.show("gone")
        await bench.plug()
        await display.show("again")
        assert not display.noise, "it is told of the connection that there is"

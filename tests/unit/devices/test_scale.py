"""The scale driver against the emulated scale: a weight, or why there is none; never the last one."""

from __future__ import annotations

import asyncio
import itertools
import sys
from decimal import Decimal

import pytest

from posdevkit.aio import Scale
from posdevkit.errors import DeadlineExceeded, Disconnected
from posdevkit.protocols.scales.mt8217 import NoWeight, ReplyDecoder, Weight, WhyNoWeight
from posdevkit_emulators.gadgets import GadgetBench
from posdevkit_emulators.scales import ScaleModel

pytestmark = pytest.mark.asyncio

_names = (f"scale-{n}" for n in itertools.count())


@pytest.mark.parametrize("wire", ["memory", "tcp"])
@pytest.mark.parametrize("faults", [(), ("split=1",)])
async def test_weighs(wire: str, faults: tuple[str, ...]) -> None:
    model = ScaleModel(Decimal(1250))
    made = (
        GadgetBench.tcp(model, faults=faults)
        if wire == "tcp"
        else GadgetBench.memory(model, next(_names), faults=faults)
    )
    async with made as bench, Scale.open(bench.url) as scale:
        assert await scale.weigh() == Weight(Decimal(1250))
        # The same weight again is a weight again, and a plate that was loaded before the till started is weighed.
        assert await scale.weigh() == Weight(Decimal(1250))
        model.grams = Decimal(0)
        assert await scale.weigh() == Weight(Decimal(0))


async def test_no_weight_now_says_why_and_is_never_zero_or_the_last_one() -> None:
    model = ScaleModel(Decimal(500))
    async with GadgetBench.memory(model, next(_names)) as bench, Scale.open(bench.url) as scale:
        assert await scale.weigh() == Weight(Decimal(500))
        model.grams = Decimal(99_000)
        assert await scale.weigh() == NoWeight((WhyNoWeight.OVERLOAD,))
        model.grams = Decimal(-20)
        assert await scale.weigh() == NoWeight((WhyNoWeight.UNDER_ZERO,))
        model.grams, model.lost_zero = Decimal(500), True
        assert await scale.weigh() == NoWeight((WhyNoWeight.OUTSIDE_ZERO,))
        model.lost_zero, model.moving = False, True
        assert await scale.weigh(0.25) == NoWeight((WhyNoWeight.MOTION,))


async def test_a_moving_plate_is_waited_for() -> None:
    model = ScaleModel(Decimal(500))
    model.moving = True
    async with GadgetBench.memory(model, next(_names)) as bench, Scale.open(bench.url) as scale:
        weighing = asyncio.create_task(scale.weigh(5))
        await bench.until(lambda: model.asked >= 2)
        model.moving = False
        assert await weighing == Weight(Decimal(500))


async def test_an_unplugged_scale_is_an_error_and_works_when_it_is_back() -> None:
    model = ScaleModel(Decimal(500))
    async with GadgetBench.memory(model, next(_names)) as bench, Scale.open(bench.url) as scale:
        await scale.weigh()
        await bench.unplug()
        with pytest.raises(Disconnected):
            await scale.weigh()
        await bench.plug()
        assert await scale.weigh() == Weight(Decimal(500))


async def test_a_scale_that_says_nothing_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.scale.ANSWER_SECONDS", 0.02)
    model = ScaleModel(Decimal(500))
    model.mute = True
    async with GadgetBench.memory(model, next(_names)) as bench, Scale.open(bench.url) as scale:
        with pytest.raises(Disconnected, match="3 questions"):
            await scale.weigh()
        with pytest.raises(DeadlineExceeded):
            await scale.weigh(0.01)
        monkeypatch.setattr("posdevkit.devices.scale.ANSWER_SECONDS", 10.0)
        model.mute = False
        assert await scale.weigh() == Weight(Decimal(500))


async def test_garbled_answers_are_not_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posdevkit.devices.scale.ANSWER_SECONDS", 0.02)
    model = ScaleModel(Decimal(500))
    model.garbled = True
    async with GadgetBench.memory(model, next(_names)) as bench, Scale.open(bench.url) as scale:
        with pytest.raises(Disconnected):
            await scale.weigh()
        monkeypatch.setattr("posdevkit.devices.scale.ANSWER_SECONDS", 10.0)
        model.garbled = False
        assert await scale.weigh() == Weight(Decimal(500))


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")
async def test_weighs_over_a_serial_port() -> None:
    pytest.importorskip("serial")
    async with GadgetBench.pty(ScaleModel(Decimal(1250))) as bench, Scale.open(bench.url) as scale:
        assert await scale.weigh() == Weight(Decimal(1250))


NOISY = pytest.mark.parametrize(
    ("timeout", "answer"), [(30.0, 0.04), (1.0, 10.0)], ids=["three questions", "out of time"]
)


@NOISY
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are POSIX")
async def test_noise_on_a_serial_line_is_told_with_the_settings_and_what_to_do(
    timeout: float, answer: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at a wrong speed. It was told as a scale that does not answer."""
    pytest.importorskip("serial")
    monkeypatch.setattr("posdevkit.devices.scale.ANSWER_SECONDS", answer)
    model = ScaleModel(Decimal(500))
    model.garbled = True
    async with GadgetBench.pty(model) as bench, Scale.open(f"{bench.url}?baud=2400") as scale:
        with pytest.raises(Disconnected, match="noise at 2400 7E1") as told:
            await scale.weigh(timeout)
        assert "baud, bits, parity and stop in the URL" in told.value.remedy()
        monkeypatch.setattr("posdevkit.devices.scale.ANSWER_SECONDS", 10.0)
        model.garbled = False
        assert await scale.weigh() == Weight(Decimal(500))


@NOISY
async def test_noise_elsewhere_names_the_protocol(
    timeout: float, answer: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posdevkit.devices.scale.ANSWER_SECONDS", answer)
    model = ScaleModel(Decimal(500))
    model.garbled = True
    async with GadgetBench.memory(model, next(_names)) as bench, Scale.open(bench.url) as scale:
        with pytest.raises(Disconnected, match="noise") as told:
            await scale.weigh(timeout)
        assert "Mettler Toledo 8217" in told.value.remedy()


@pytest.mark.parametrize(
    ("data", "noisy"),
    [
        (b"", False),
        (b"\x0201.250\r", False),
        (b"\x02?A\r", False),
        (b"\x0201.250", True),
        (b"x\x0201.250\r", True),
        (b"\x0201.250\r\0", True),
        (b"\x02!!\r", True),
        (bytes(3), True),
    ],
)
async def test_what_counts_as_noise(data: bytes, noisy: bool) -> None:
    for pieces in ([data], [bytes([byte]) for byte in data]):
        decoder = ReplyDecoder()
        for piece in pieces:
            decoder.feed(piece)
        assert decoder.noisy is noisy
        decoder.clear()
        assert not decoder.noisy

"""Emulated Star printers are probed as if nobody knew them; see `test_probe` for how the page is read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from posdevkit.aio import ReceiptPrinter
from posdevkit.documents import Receipt
from posdevkit.errors import CoverOpen, PaperOut
from posdevkit.links.memory import Listener, listen
from posdevkit.probing import Told, ask_printer, profile_toml, questions_for, read_answers
from posdevkit.probing.maps import maps, next_number, resolved
from posdevkit.probing.page import BAR_DOTS, WIDTHS
from posdevkit.probing.star_page import star_page_bytes
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.star import Decoder
from posdevkit.protocols.star.commands.text import SelectCodePage
from posdevkit.protocols.vocabulary import Unknown
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.printers.effects import What

from .test_probe import DAY, probed

SEEN = (
    *("language", "paper_mm", "width", "dpi", "qr", "symbols", "barcodes", "drawer_pins", "buzzer", "answers", "asb"),
    *("realtime_status", "identity", "completion", "realtime_clear", "stored_logos", "code_pages"),
)
UNKNOWN = replace(
    load_profile("star-mpop"),
    model="Clone 58",
    known_as=replace(load_profile("star-mpop").known_as, model=("CLONE58",)),
    completion="none",
    asb=False,
    drawer_pins=(5,),
)


def written(told: Told, answers: dict[str, object], folder: Path) -> Profile:
    path = folder / "star.toml"
    path.write_text(profile_toml(told, read_answers(answers), day=DAY), "utf-8")
    return load_profile(path)


@pytest.mark.parametrize("name", ["star-mc-print3", "star-mc-print2", "star-tsp650ii", "star-tsp700ii"])
@pytest.mark.asyncio
async def test_the_profile_that_comes_out_is_the_one_that_was_played(name: str, tmp_path: Path) -> None:
    told, answers, played = await probed(name)
    found = written(told, answers, tmp_path)
    for field in SEEN:
        assert getattr(found, field) == getattr(played, field), field
    assert found.cutter is not None
    assert played.cutter is not None
    assert (found.cutter.full, found.cutter.partial) == (played.cutter.full, played.cutter.partial)
    assert abs(found.cutter.feed - played.cutter.feed) <= 1
    for font, metrics in played.fonts.items():
        assert found.fonts[font] == metrics
    assert (found.verified, found.known_as.maker, found.known_as.model) == ("probe", ("Star",), (told.model,))


@pytest.mark.asyncio
async def test_a_clone_that_no_profile_knows_prints_by_what_its_page_told(tmp_path: Path) -> None:
    told, answers, played = await probed(UNKNOWN)
    assert (told.language, told.maker, told.model) == ("star-prnt", "Star", "CLONE58")
    found = written(told, answers, tmp_path)
    assert (found.width, found.drawer_pins, found.asb, found.completion) == (384, (5,), False, "print_end")
    async with ReceiptPrinterBench.tcp(profile=played) as bench:
        async with ReceiptPrinter.open(bench.url, profile=found) as printer:
            assert (await printer.print(Receipt().title("Café").row("Flat white", "38,00").qr("a").cut())).confirmed
        assert "Café" in (await bench.ticket()).text


@pytest.mark.asyncio
async def test_a_printer_of_dots_alone_gets_a_page_of_dots(tmp_path: Path) -> None:
    async with ReceiptPrinterBench.tcp(profile="star-tsp100") as bench:
        told = await ask_printer(bench.url, timeout=60)
        await bench.ticket(2)
        kicks = [event.detail for event in bench.events if event.what is What.DRAWER_KICK]
        raster = bench.tickets[0].paper.raster()
    assert (told.language, told.completion, told.identity) == ("star-graphic", "etb", True)
    assert [kick.split(",")[0] for kick in kicks] == ["pin 2", "pin 5"]
    # A row as wide as the bar to measure, and one for each width that ends on the paper.
    stride = raster.stride
    lengths = [
        len(f"{int.from_bytes(raster.data[at : at + stride], 'big'):0{8 * stride}b}".rstrip("0"))
        for at in range(0, len(raster.data), stride)
        if raster.data[at : at + 4] == b"\xff\xff\xff\xff"
    ]
    assert {BAR_DOTS, *(width for width in WIDTHS if width <= raster.width)} <= set(lengths)
    found = written(told, {"width": "576", "drawers": ["2", "5"], "first_cut": "partial"}, tmp_path)
    assert (found.language, found.graphics, found.width) == ("star-graphic", "star_rows", 576)


@pytest.mark.parametrize("name", ["star-mc-print3", "star-tsp650ii", "star-tsp100"])
@pytest.mark.asyncio
async def test_without_paper_or_with_an_open_cover_nothing_is_sent(name: str) -> None:
    async with ReceiptPrinterBench.tcp(profile=name, faults=["paper-out-after=0"]) as bench:
        with pytest.raises(PaperOut):
            await ask_printer(bench.url, timeout=20)
        bench.printer.load_paper()
        bench.printer.open_cover()
        with pytest.raises(CoverOpen):
            await ask_printer(bench.url, timeout=20)
        bench.printer.close_cover()
        bench.printer.tear_off()
        assert not bench.tickets


def test_only_three_pictures_in_raster_mode_make_a_printer_of_dots(tmp_path: Path) -> None:
    told = Told(language="star-line", answers=True, realtime_status=True)
    dots = written(told, {"pictures": ["star_rows"]}, tmp_path)
    assert (dots.language, dots.graphics) == ("star-graphic", "star_rows")
    both = written(told, {"pictures": ["star_columns", "star_rows"]}, tmp_path)
    assert (both.language, both.graphics) == ("star-line", "star_columns")


@pytest.mark.parametrize("language", ["star-prnt", "star-line", "star-graphic"])
def test_not_sure_is_no_claim_and_what_is_not_on_the_page_cannot_be_answered_into_it(
    language: str, tmp_path: Path
) -> None:
    told = Told(language=language, answers=True)  # type: ignore[arg-type]
    nothing = written(told, {}, tmp_path)
    assert nothing.language == language
    much = {"barcodes": ["EAN13", "DATABAR"], "symbols": ["QR", "PDF417"], "paper_mm": 58}
    claims = written(told, much, tmp_path)
    assert sorted(one.value for one in claims.barcodes) == ["EAN13"]
    assert (claims.qr, claims.symbols, claims.width) == (True, frozenset(), 384)
    assert claims.fonts["A"].columns * claims.fonts["A"].width <= claims.width


@pytest.mark.parametrize("language", ["star-prnt", "star-line"])
def test_the_page_is_nothing_but_commands_of_the_language(language: str) -> None:
    commands = Decoder().feed(star_page_bytes(language))  # type: ignore[arg-type]
    assert not [command for command in commands if isinstance(command, Unknown)]
    assert {command.page for command in commands if isinstance(command, SelectCodePage)} >= set(maps("star")[1])


def test_one_line_is_asked_for_to_tell_stars_list() -> None:
    star = maps("star")[1]
    number = next_number({}, family="star")
    assert number is not None
    assert next_number({number: star[number]}, family="star") is None
    assert resolved({number: star[number]}, "star") == dict(star)
    assert resolved({number: "none"}, "star") == {}


def test_each_language_is_asked_only_what_stands_on_its_page() -> None:
    keys = {language: {one.key for one in questions_for(language)} for language in ("escpos", "star-line")}
    assert keys["escpos"] - keys["star-line"] == {"buzzer"}
    pictures = {one.key: one.choices for one in questions_for("star-prnt")}["pictures"]
    assert pictures == ("star_raster", "star_columns", "star_rows")
    assert "columns_a" not in {one.key for one in questions_for("star-graphic")}


class Noise:
    """Answers every chunk that holds an ESC, so none of ESC/POS's real-time questions, with the same bytes."""

    def __init__(self, name: str, answer: bytes) -> None:
        self.url = f"memory://{name}"
        self._answer = answer
        self._listener: Listener = listen(name)
        self._task = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        peer = await self._listener.accept()
        while data := await peer.receive(512):
            if b"\x1b" in data:
                await peer.send(self._answer)
        peer.close()

    async def close(self) -> None:
        self._listener.close()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


FRAME = bytes([0x23, 0x06, 0, 0, 0, 0, 0, 0x0E, 0])


@pytest.mark.parametrize("answer", [FRAME, FRAME[:4] + b"\xff" + FRAME, FRAME * 3], ids=["still", "noisy", "many"])
@pytest.mark.asyncio
async def test_a_counter_that_stands_still_proves_nothing(answer: bytes) -> None:
    printer = Noise(f"probe-noise-{len(answer)}", answer)
    told = await ask_printer(printer.url, page=False, timeout=30)
    await printer.close()
    assert (told.language, told.completion, told.asb, told.identity) == ("star-line", "none", False, False)

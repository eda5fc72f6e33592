"""An emulated printer of a known model is probed as if nobody knew it: what is read off its paper makes its profile.

The answers are read here from the display list of the paper, as a person would read them off the page, and from nothing
else; so a profile that comes out right was seen by way of ESC/POS alone.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from posdevkit.errors import Disconnected, PaperOut, Unsupported
from posdevkit.paper import RasterBlock, TextCells, Ticket
from posdevkit.paper import Symbol as DrawnSymbol
from posdevkit.probing import Told, ask_printer, candidates, family_of, profile_toml, read_answers, shown
from posdevkit.probing.maps import NONE, maps, next_number, resolved, sample_of, table_numbers
from posdevkit.probing.page import BAR_DOTS, WIDTHS, page_bytes
from posdevkit.profiles import Profile, load_profile
from posdevkit.protocols.escpos import Decoder
from posdevkit.protocols.escpos.commands.text import SelectCodePage
from posdevkit.protocols.vocabulary import Command
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.labels.bench import LabelPrinterBench
from posdevkit_emulators.printers.effects import What
from posdevkit_emulators.tickets import PrintedTicket

DAY = date(2026, 11, 30)

SEEN = (
    "paper_mm",
    "width",
    "dpi",
    "qr",
    "symbols",
    "barcodes",
    "graphics",
    "drawer_pins",
    "buzzer",
    "answers",
    "asb",
    "realtime_status",
    "identity",
    "completion",
    "realtime_clear",
    "stored_logos",
)
"""Fields that the page and the printer's own answers tell in full."""


def lines(ticket: Ticket) -> list[tuple[str, list[Any]]]:
    """Each label on the page, with what stands below it up to the next one."""
    found: list[tuple[str, list[Any]]] = []
    for item in ticket.items:
        if isinstance(item, TextCells) and re.fullmatch(
            r"(font|bar|width|bars|symbol|picture|first|second) ?.*:", item.text
        ):
            found.append((item.text.rstrip(":"), []))
        elif found:
            found[-1][1].append(item)
    return found


def read_off(tickets: tuple[PrintedTicket, ...], profile: Profile, kicks: list[str]) -> dict[str, object]:
    """What a person would answer who has this paper in hand."""
    items = [entry for ticket in tickets for entry in lines(ticket.paper)]
    under = dict(items)
    answers: dict[str, object] = {"paper_mm": profile.paper_mm}
    shapes = set()
    for key, font in (("columns_a", "font A"), ("columns_b", "font B"), ("columns_c", "font C")):
        first = under[font][0]
        assert isinstance(first, TextCells)
        shape = (first.style.cell_width, first.style.cell_height)
        answers[key] = 0 if shape in shapes else len(first.text)
        shapes.add(shape)
    dpi = tickets[0].paper.dpi
    if under["bar to measure"]:
        answers["bar_mm"] = round(under["bar to measure"][0].width / dpi * 25.4, 1)
    whole = [width for width in WIDTHS if any(one.width == width for one in under[f"width {width}"])]
    if whole:
        answers["width"] = whole[-1]
    pages: dict[str, str] = {}
    family = family_of(profile.language)
    for number, text in re.findall(r"^\.? {0,2}(\d{1,3}): (.+)$", tickets[0].text, re.MULTILINE):
        same = [page for page in candidates(int(number), family) if shown(int(number), page, family) == text]
        assert len(same) <= 1
        assert same or text == shown(int(number), NONE, family)
        pages[number] = same[0] if same else NONE
    answers["pages"] = pages

    def has(prefix: str, kind: type) -> list[str]:
        return [
            name[len(prefix) :]
            for name, below in items
            if name.startswith(prefix) and any(isinstance(x, kind) for x in below)
        ]

    answers["barcodes"] = has("bars ", DrawnSymbol)
    answers["symbols"] = has("symbol ", DrawnSymbol)
    answers["pictures"] = has("picture ", RasterBlock)
    answers["drawers"] = [kick.split()[1].rstrip(",") for kick in kicks]
    cuts = [ticket.paper.cut for ticket in tickets]
    first, second = (*cuts, None, None)[:2]
    answers["first_cut"] = NONE if first is None else "partial" if first.partial else "full"
    answers["second_cut"] = NONE if second is None else "partial" if second.partial else "full"
    if first is not None:
        last = [item for item in tickets[0].paper.items if isinstance(item, TextCells)][-1]
        # Edge to edge of the line, as a ruler has it: the line is as high as its spacing.
        answers["blank_mm"] = round((first.y - last.y - (30 if family == "escpos" else 32)) / dpi * 25.4, 1)
    return answers


async def probed(name: str | Profile) -> tuple[Told, dict[str, object], Profile]:
    async with ReceiptPrinterBench.tcp(profile=name) as bench:
        told = await ask_printer(bench.url, timeout=30)
        if bench.profile.cutter is None:
            if told.completion == "none":
                await bench.happened(What.DISCONNECTED)
            bench.printer.tear_off()
        else:
            await bench.ticket(2)
        kicks = [event.detail for event in bench.events if event.what is What.DRAWER_KICK]
        sounds = bench.count(What.BUZZER)
        answers = read_off(bench.tickets, bench.profile, kicks)
        answers["buzzer"] = (bench.profile.buzzer or NONE) if sounds else NONE
        return told, answers, bench.profile


@pytest.mark.parametrize(
    "name",
    [
        "epson-tm-t88v",
        "epson-tm-m30iii",
        "generic-80mm",
        "generic-58mm",
        "hprt-tp80k",
        "hprt-tp809",
        "bixolon-srp-350iii",
        "citizen-ct-s310ii",
        "pos-5890",
        "mpt-ii",
        "wincor-nixdorf-th230",
    ],
)
@pytest.mark.asyncio
async def test_the_profile_that_comes_out_is_the_one_that_was_played(name: str, tmp_path: Path) -> None:
    told, answers, played = await probed(name)
    path = tmp_path / "probed.toml"
    path.write_text(profile_toml(told, read_answers(answers), day=DAY), "utf-8")
    found = load_profile(path)
    for field in SEEN:
        if field in ("width", "dpi") and "bar_mm" not in answers:
            continue  # a model without raster pictures has no bars to measure
        assert getattr(found, field) == getattr(played, field), field
    # The emulated TP809 tells the room of the TM-T88 series, as no manual says how much its own is.
    assert found.download_room == (12 * 1024 if played.stored_logos else 0)
    assert {page.name: page.number for page in found.code_pages} == {p.name: p.number for p in played.code_pages}
    assert found.code_pages[0] == played.code_pages[0]
    if played.cutter is None:
        assert found.cutter is None
    else:
        assert found.cutter is not None
        assert (found.cutter.full, found.cutter.partial) == (played.cutter.full, played.cutter.partial)
        assert abs(found.cutter.feed - played.cutter.feed) <= 1
    for font, metrics in played.fonts.items():
        assert found.fonts[font].columns == metrics.columns
        assert found.fonts[font].width == metrics.width or "bar_mm" not in answers
    assert found.verified == "probe"
    assert "2026-11-30" in found.sources[0]
    assert (found.known_as.maker, found.known_as.model) == ((told.maker,), (told.model,))


@pytest.mark.asyncio
async def test_a_printer_that_never_answers_is_probed_by_its_paper_alone(tmp_path: Path) -> None:
    told, answers, _ = await probed("generic-mute")
    assert told == Told()
    path = tmp_path / "mute.toml"
    path.write_text(profile_toml(told, read_answers(answers), day=DAY), "utf-8")
    found = load_profile(path)
    assert (found.answers, found.completion, found.width, found.qr) == (False, "none", 576, True)


def test_not_sure_is_no_claim(tmp_path: Path) -> None:
    path = tmp_path / "nothing.toml"
    path.write_text(
        profile_toml(Told(answers=True), read_answers({"width": "not sure", "paper_mm": None}), day=DAY), "utf-8"
    )
    found, base = load_profile(path), load_profile("generic-80mm")
    assert (found.fonts, found.code_pages, found.cutter, found.barcodes) == (
        base.fonts,
        base.code_pages,
        base.cutter,
        base.barcodes,
    )
    assert (found.vendor, found.model) == ("unknown", "unknown receipt printer")


def test_a_devices_words_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    told = Told(answers=True, maker='"]\nqr = false\n[x', model="a\\b\x1b[31m\x7f")
    path.write_text(profile_toml(told, read_answers({}), day=DAY), "utf-8")
    found = load_profile(path)
    assert found.qr
    assert found.vendor == '"]qr = false[x'
    assert found.model == "a\\b[31m"


def test_what_stands_on_the_page_can_be_no_command() -> None:
    # Where a printer does not know a command, it reads on behind its first bytes.
    control = {0x10, 0x1B, 0x1C, 0x1D}
    seen = Counter(type(command).spec.name for command, _ in read_all(page_bytes()))
    assert seen["ESC @"] > 100
    for command, raw in read_all(page_bytes()):
        if not isinstance(command, SelectCodePage):
            assert not control & set(raw[2:]), command


def read_all(data: bytes) -> list[tuple[Command, bytes]]:
    return [(command, command.encode()) for command in Decoder().feed(data)]


def test_each_line_of_a_code_page_tells_its_candidates_apart() -> None:
    for number in table_numbers():
        pages = [*candidates(number), NONE]
        texts = [shown(number, page) for page in pages if page != "cp437"]
        assert len(set(texts)) == len(texts), number
        assert all(byte >= 0x80 for byte in sample_of(number))


def test_the_questions_lead_to_one_list_in_a_few_steps() -> None:
    for one in maps():
        told: dict[int, str] = {}
        while (number := next_number(told)) is not None:
            told[number] = one.get(number, NONE)
            assert len(told) <= 25
        assert resolved(told) == dict(one)


def test_a_line_that_no_list_has_is_believed_alone() -> None:
    assert resolved({16: "cp866", 17: "cp1252"}) == {16: "cp866", 17: "cp1252"}
    assert resolved({}) == {}


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ([], "not an object"),
        ({"widht": 3}, "no question 'widht'; the nearest name is 'width'"),
        ({"columns_a": "many"}, "columns_a: expected a number from 0 to 255, got 'many'"),
        ({"columns_a": True}, "columns_a: expected a number"),
        ({"width": 577}, "width: expected one of 360"),
        ({"barcodes": ["EAN31"]}, "barcodes: expected one of"),
        ({"pages": {"x": "cp437"}}, "pages: expected a number from 0 to 255, got 'x'"),
        ({"pages": {"3": "cp1253x"}}, "nearest name is 'cp1253'"),
        ({"pages": []}, "pages: expected an object"),
    ],
)
def test_answers_that_are_wrong_are_named(raw: object, says: str) -> None:
    from posdevkit.errors import UsageError

    with pytest.raises(UsageError) as caught:
        read_answers(raw)
    assert says in caught.value.detail


@pytest.mark.asyncio
async def test_a_printer_that_cannot_print_is_told_of_before_the_page() -> None:
    async with ReceiptPrinterBench.tcp(profile="generic-80mm", faults=["paper-out-after=0"]) as bench:
        with pytest.raises(PaperOut):
            await ask_printer(bench.url, timeout=8)
        bench.printer.load_paper()
        assert not bench.tickets
        bench.printer.tear_off()
        assert not bench.tickets


def test_the_bar_fits_on_every_paper() -> None:
    assert min(WIDTHS) > BAR_DOTS


@pytest.mark.asyncio
async def test_a_label_printer_is_told_from_a_printer_that_nobody_knows() -> None:
    async with LabelPrinterBench.tcp() as bench:
        with pytest.raises(Unsupported, match="but ZPL") as told:
            await ask_printer(bench.url)
        assert "posdevkit label" in told.value.remedy()
        assert "generic-zpl-203" in told.value.remedy()
    assert bench.labels == ()


@pytest.mark.asyncio
async def test_the_questions_in_other_languages_leave_nothing_on_the_paper_of_a_silent_printer() -> None:
    async with ReceiptPrinterBench.tcp(profile="generic-mute") as bench:
        assert await ask_printer(bench.url, page=False) == Told()
        bench.printer.tear_off()
    assert bench.tickets == ()


@pytest.mark.parametrize("fault", ["close-at=3000", "power-cut-at=2000"])
@pytest.mark.parametrize("name", ["generic-80mm", "star-mc-print3"])
@pytest.mark.asyncio
async def test_a_connection_that_ends_in_the_middle_of_the_page_is_told_at_once(name: str, fault: str) -> None:
    """Without a word the page would be taken for whole, and questions asked about lines that are not on it."""
    async with ReceiptPrinterBench.tcp(profile=name, faults=[fault]) as bench, asyncio.timeout(25):
        with pytest.raises(Disconnected):
            await ask_printer(bench.url, timeout=60)

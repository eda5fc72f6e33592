"""Copies on every dialect of receipt printers: what stands on the paper, and what the drawer hears of it."""

from __future__ import annotations

from typing import Literal

import pytest

from posdevkit.devices.compose import compose
from posdevkit.documents import Raster, Receipt
from posdevkit.errors import Unsupported
from posdevkit.imaging import png_bytes
from posdevkit.paper import Ticket, render_job
from posdevkit.printqueue.copies import marked
from posdevkit.profiles import load_profile
from posdevkit.protocols.job import Compiled

DIALECTS = ("epson-tm-t88v", "star-mc-print3", "star-tsp650ii", "star-tsp100")
# Dots that read as BEL, FS, SUB and EM: pictures open no drawer, and stay whole.
PULSES = Raster(32, 4, b"\x07\x1a\x19\x1c" * 4)


def _receipt() -> Receipt:
    receipt = Receipt().drawer().title("Café Nord").row("Flat white", "38,00").qr("https://r.example/8F2")
    return receipt.drawer(5).image(png_bytes(PULSES), align="left").cut().text("kitchen").cut().drawer()


def _below_the_mark(tickets: tuple[Ticket, ...], dots: int) -> list[bytes]:
    first, *others = (ticket.raster() for ticket in tickets)
    return [first.data[dots * first.stride :], *(raster.data for raster in others)]


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize(("language", "word"), [("en", "COPY"), ("da", "KOPI")])
def test_the_copy_says_so_and_is_the_original_otherwise(name: str, language: str, word: str) -> None:
    profile = load_profile(name)
    compiled = compose(_receipt(), profile).compiled
    copy = marked(compiled, profile.language, language)
    before, after = render_job(compiled.data, profile), render_job(copy.data, profile)
    assert len(before) == len(after)
    if profile.language != "star-graphic":
        assert word in after[0].text()
        assert word not in "".join(ticket.text() for ticket in before)
    mark = after[0].height - before[0].height
    assert mark > 0
    assert _below_the_mark(after, mark) == _below_the_mark(before, 0)
    # Two lines of characters of double height stand there, and nothing but them.
    heading = after[0].raster()
    assert any(heading.data[: mark * heading.stride])
    assert sum(len(ticket.drawer_kicks) for ticket in before) == 2  # the third comes behind all paper
    assert [len(ticket.drawer_kicks) for ticket in after] == [0] * len(after)


def test_where_only_dots_are_known_the_mark_is_the_drawn_word() -> None:
    profile = load_profile("star-tsp100")
    compiled = compose(Receipt().text("x"), profile).compiled
    copy = marked(compiled, profile.language, "en")
    word = compose(Receipt().text("COPY", bold=True, width=2, height=2), profile).compiled
    drawn = render_job(word.data, profile)[0].raster()
    assert render_job(copy.data, profile)[0].raster().data.startswith(drawn.data)


@pytest.mark.parametrize("name", DIALECTS[1:])
def test_the_ends_of_operations_and_the_place_of_the_proof_move_with_the_job(name: str) -> None:
    profile = load_profile(name)
    compiled = compose(_receipt(), profile).compiled
    copy = marked(compiled, profile.language, "en")
    assert list(copy.ends) == sorted(copy.ends)
    assert copy.ends[-1] == len(copy.data)
    assert len(copy.ends) == len(compiled.ends) + 1
    heading = copy.ends[0]
    whole = render_job(compiled.data, profile)
    # Up to the proof all is printed; behind it there was only a pulse.
    assert [t.height for t in render_job(copy.data[heading : copy.proof_at], profile)] == [t.height for t in whole]
    assert copy.proof_at == len(copy.data)
    # Cut at each end, the copy has printed what the original has at its own.
    for end, moved in zip(compiled.ends, copy.ends[1:], strict=True):
        printed = [t.raster().data for t in render_job(compiled.data[:end], profile)]
        again = [t.raster().data for t in render_job(copy.data[heading:moved], profile)]
        assert [dots for dots in again if dots] == [dots for dots in printed if dots]


@pytest.mark.parametrize("name", DIALECTS[1:])
@pytest.mark.parametrize("pulse", [b"\x07", b"\x1a", b"\x19", b"\x1c", b"\x1b\x07\x14\x14\x07"])
def test_raw_bytes_that_open_a_drawer_are_left_out(name: str, pulse: bytes) -> None:
    profile = load_profile(name)
    compiled = compose(Receipt().text("A").raw(b"head\n" + pulse + b"tail\n").cut(), profile).compiled
    copy = marked(compiled, profile.language, "en")
    (ticket,) = render_job(copy.data, profile)
    assert ticket.drawer_kicks == ()
    assert copy.data.endswith(compiled.data.partition(b"head\n" + pulse)[2])


@pytest.mark.parametrize("name", DIALECTS[1:])
def test_what_may_be_a_pulse_or_an_argument_is_not_copied(name: str) -> None:
    profile = load_profile(name)
    strange = compose(Receipt().text("A").raw(b"\x1b\x1d\x7f\x07").cut(), profile).compiled
    with pytest.raises(Unsupported) as told:
        marked(strange, profile.language, "en")
    assert "marked as a copy" in told.value.remedy()
    # In another operation it is a pulse and nothing else.
    apart = compose(Receipt().raw(b"\x1b\x1d\x7f").drawer().text("A").cut(), profile).compiled
    assert all(not ticket.drawer_kicks for ticket in render_job(marked(apart, profile.language, "en").data, profile))


@pytest.mark.parametrize("language", ["star-prnt", "star-line"])
def test_an_empty_job_is_a_copy_of_nothing(language: str) -> None:
    assert b"COPY" in marked(Compiled(b"", (), 0), language, "en").data


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("pin", [2, 5])
def test_a_job_that_only_opens_a_drawer_has_no_copy(name: str, pin: Literal[2, 5]) -> None:
    profile = load_profile(name)
    compiled = compose(Receipt().drawer(pin), profile).compiled
    with pytest.raises(Unsupported, match="only opened the drawer"):
        marked(compiled, profile.language, "da")

"""Displays and scales: text is data, decoders are total, and cutting changes nothing."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posdevkit.errors import BadText
from posdevkit.protocols.displays.decoder import DisplayDecoder
from posdevkit.protocols.displays.dialects import COLUMNS, DIALECTS, line_bytes
from posdevkit.protocols.scales.mt8217 import (
    NoWeight,
    ReplyDecoder,
    Weight,
    WhyNoWeight,
    no_weight_reply,
    weight_reply,
)
from posdevkit.protocols.vocabulary import Command, Text
from posdevkit_emulators.displays import DisplayModel
from tests.strategies import commands

NAMES = sorted(DIALECTS)


@pytest.mark.parametrize("name", NAMES)
@given(upper=st.text(max_size=30), lower=st.text(max_size=30), noise=st.text(max_size=5))
def test_two_lines_come_out_as_two_lines(name: str, upper: str, lower: str, noise: str) -> None:
    dialect = DIALECTS[name]
    page = next(iter(dialect.pages))
    model = DisplayModel(name)
    model.receive(dialect.begin(dialect.pages[page]))
    try:
        model.receive(dialect.show(line_bytes(noise, page), b" " * COLUMNS))
        data = dialect.show(line_bytes(upper, page), line_bytes(lower, page))
    except BadText:
        return
    assert sum(isinstance(command, Text) for command in DisplayDecoder(dialect.language).feed(data)) in (0, 2)
    model.receive(data)
    for line, wanted in zip(model.lines, (upper, lower), strict=True):
        assert len(line) == COLUMNS
        if wanted.isascii():
            assert line == wanted[:COLUMNS].ljust(COLUMNS)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.binary(max_size=120), cuts=st.lists(st.integers(0, 120)))
def test_any_bytes_cut_anywhere_give_the_same_display(name: str, data: bytes, cuts: list[int]) -> None:
    whole, pieces = DisplayModel(name), DisplayModel(name)
    whole.receive(data)
    for start, end in pairwise(sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})):
        pieces.receive(data[start:end])
    assert whole.lines == pieces.lines


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_every_command_of_a_table_survives_the_round_trip(name: str, data: st.DataObject) -> None:
    language = DIALECTS[name].language
    kinds = [kind for kind in language.commands if kind.spec.fixed_size is not None]
    sent: list[Command] = data.draw(st.lists(commands(kinds), max_size=4))
    assert DisplayDecoder(language).feed(b"".join(command.encode() for command in sent)) == sent


@given(grams=st.integers(0, 99_999), net=st.booleans(), noise=st.binary(max_size=8))
def test_weights_survive_the_round_trip_behind_noise(grams: int, net: bool, noise: bytes) -> None:
    decoder = ReplyDecoder()
    decoder.feed(noise)
    assert decoder.feed(b"\r\r" + weight_reply(Decimal(grams), net=net))[-1] == Weight(Decimal(grams), net)


@given(st.sets(st.sampled_from(WhyNoWeight)))
def test_reasons_survive_the_round_trip(reasons: set[WhyNoWeight]) -> None:
    wanted = tuple(why for why in WhyNoWeight if why in reasons)
    assert ReplyDecoder().feed(no_weight_reply(wanted)) == [NoWeight(wanted)]


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_scale_decoder(data: bytes) -> None:
    for answer in ReplyDecoder().feed(data):
        assert isinstance(answer, Weight | NoWeight)

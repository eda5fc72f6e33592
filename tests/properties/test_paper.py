"""Paper is total: whatever bytes a job is made of, it gives tickets whose parts agree with each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from posdevkit.paper import EscPosRenderer, Geometry, LinePrinted, Ticket, TicketFinished, render_job
from posdevkit.protocols.escpos import Decoder

GEOMETRIES = (Geometry(576), Geometry(384, cutter_feed=80), Geometry(101), Geometry(7))

# Random bytes seldom make commands, so jobs are put together from the beginnings of commands and noise.
BEGINNINGS = [
    b"\n", b"\x1b@", b"\x1d!", b"\x1b!", b"\x1bE\x01", b"\x1b-\x02", b"\x1dB\x01", b"\x1b{\x01", b"\x1b{\x00", b"\x1ba",
    b"\x1bM", b"\x1b ", b"\x1bt", b"\x1bR", b"\x1b3", b"\x1bd", b"\x1bJ", b"\x1b$", b"\x1b\\", b"\x1dL", b"\x1dW",
    b"\x1bD", b"\t", b"\x1b*\x21\x02\x00", b"\x1b*\x00\x03\x00", b"\x1dv0\x00\x03\x00\x02\x00",
    b"\x1dv0\x03\x01\x00\x01\x00", b"\x1d(L\x0c\x000p0\x01\x011\x09\x00\x01\x00", b"\x1d(L\x02\x0002", b"\x1dh\x10",
    b"\x1dw\x02", b"\x1dH\x03", b"\x1dkI\x04{B12", b"\x1dk\x0412\x00", b"\x1dkC\x0c570123456789", b"\x1dV\x00",
    b"\x1dVB", b"\x1bp\x00\x01\x02", b"\x1d:", b"\x1d^\x02\x00\x00", b"\x1dc", b"\x1dC0\x03\x01", b"\x1dC2\x05\x00",
    b"\x1d(L\x0e\x000q0\x01\x011\x04\x00\x08\x00\xaa\x55\xaa\x55",
    b"\x1cq\x01\x01\x00\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff", b"\x1cp\x01\x03",
    b"\x1d*\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff", b"\x1d/\x03", b"\x1d(M\x02\x00\x01\x01",
    b"\x1d(M\x02\x00\x02\x01", b"\x1d(Q\x07\x003\x08\x00\x01\x01\x05\x30", b"\x1d(Q\x07\x003\x08\x00\x00\x01\x05\x30",
    b"\x1bL", b"\x0c", b"\x1bS", b"\x1d(Q\x0c\x000\x05\x00\x07\x00\xff\x01\xff\x00\x01\x02\x30",
]  # fmt: skip
WORDS = st.text(st.characters(codec="cp1252", categories=["L", "N", "Zs", "P"]), max_size=40)
PIECES = st.one_of(st.binary(max_size=12), st.sampled_from(BEGINNINGS), WORDS.map(lambda text: text.encode("cp1252")))
JOBS = st.lists(PIECES, max_size=25).map(b"".join)


def agree(ticket: Ticket) -> None:
    raster = ticket.raster()
    assert (raster.width, raster.height) == (ticket.width, ticket.height)
    padding = raster.stride * 8 - raster.width
    last = raster.data[raster.stride - 1 :: raster.stride]
    assert not any(byte & ((1 << padding) - 1) for byte in last), "ink beside the paper"
    assert "\x1b" not in ticket.text()
    for item in ticket.items:
        assert 0 <= item.y <= ticket.height


@given(JOBS, st.sampled_from(GEOMETRIES))
def test_any_bytes_give_tickets(job: bytes, geometry: Geometry) -> None:
    for ticket in render_job(job, geometry):
        agree(ticket)


@given(JOBS, st.sampled_from(GEOMETRIES))
def test_the_steps_add_up_to_the_paper(job: bytes, geometry: Geometry) -> None:
    renderer = EscPosRenderer(geometry)
    moved = 0
    for command in Decoder().feed(job):
        for step in renderer.render(command):
            if isinstance(step, LinePrinted):
                moved += step.dots
                assert renderer.rows == moved
            elif isinstance(step, TicketFinished):
                assert step.ticket.height == moved
                moved = 0
    rest = renderer.finish()
    assert (rest.height if rest else 0) == moved


@given(JOBS, st.data())
def test_how_the_bytes_were_cut_does_not_show(job: bytes, data: st.DataObject) -> None:
    geometry = GEOMETRIES[0]
    places = sorted(data.draw(st.lists(st.integers(0, len(job)), max_size=5)))
    decoder, renderer = Decoder(), EscPosRenderer(geometry)
    tickets = []
    for start, end in zip([0, *places], [*places, len(job)], strict=True):
        for command in decoder.feed(job[start:end]):
            tickets += [step.ticket for step in renderer.render(command) if isinstance(step, TicketFinished)]
    rest = renderer.finish()
    assert ((*tickets, rest) if rest else tuple(tickets)) == render_job(job, geometry)

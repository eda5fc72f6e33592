"""Network sources against emulated printers on the loopback, and queues by what the system lists."""

from __future__ import annotations

import asyncio

import pytest

from posdevkit.discovery import Found, discover
from posdevkit.discovery.network import places, subnets
from posdevkit.discovery.queues import queues_in
from posdevkit.errors import UsageError
from posdevkit.registry.links import check_url
from posdevkit_emulators.wires.responder import Answers, Responder, epson, mdns, star_printer

TELLING = {"ty": "EPSON TM-T88V"}
CASES: list[tuple[str, Answers, Found]] = [
    (
        "epson",
        epson(),
        Found(
            "tcp://127.0.0.1:9100",
            "receipt-printer",
            "EPSON TM-T88V, 00:26:AB:01:02:03",
            "epson-tm-t88v",
            "answers Epson's ENPC as a printer",
        ),
    ),
    (
        "star",
        star_printer(),
        Found(
            "tcp://127.0.0.1:9100",
            "receipt-printer",
            "Star TSP100LAN, firmware 1.3",
            "star-tsp100",
            "answers Star's broadcast as a printer",
        ),
    ),
    (
        "mdns",
        mdns(["_pdl-datastream._tcp", "_ipp._tcp"], "Kitchen", port=9101, ty="EPSON TM-T88V"),
        Found(
            "tcp://127.0.0.1:9101",
            "receipt-printer",
            "EPSON TM-T88V",
            "epson-tm-t88v",
            "announces _pdl-datastream._tcp",
        ),
    ),
    (
        "mdns",
        mdns(["_ipp._tcp"], "Kitchen", port=631, usb_MFG="ACME", usb_MDL="9000"),
        Found(
            "tcp://127.0.0.1:9100",
            "printer",
            "ACME 9000",
            None,
            "announces _ipp._tcp; raw bytes are taken on port 9100 as a rule",
        ),
    ),
]


PATIENCE = (0.2, 1.0, 5.0)
"""Seconds of a search that is made again, and longer, until it finds what is there: each lasts as long as it may, and
on a busy machine nobody may get to answer in a short one."""


@pytest.mark.asyncio
@pytest.mark.parametrize(("source", "answers", "expected"), CASES)
async def test_a_printer_answers_and_can_be_opened(source: str, answers: Answers, expected: Found) -> None:
    told: list[Found] = []
    async with Responder(answers) as responder:
        for seconds in PATIENCE:
            survey = await discover(only=[source], ask=[responder.place], timeout=seconds, on_found=told.append)
            if survey.found:
                break
    assert survey.found == (expected,)
    assert survey.skipped == ()
    assert told == [expected]
    check_url(expected.url)


@pytest.mark.asyncio
@pytest.mark.parametrize("noise", [b"", b"\xff" * 40, b"EPSONq", b"STR_BCAST", bytes(12)])
async def test_noise_is_no_printer(noise: bytes) -> None:
    async with Responder(lambda _: [noise]) as responder:
        survey = await discover(only=["epson", "star", "mdns"], ask=[responder.place], timeout=0.1)
    assert (survey.found, survey.skipped) == ((), ())


@pytest.mark.asyncio
async def test_what_one_way_knows_better_is_kept() -> None:
    async with Responder(epson()) as board, Responder(mdns(["_printer._tcp"], "Desk")) as other:
        for seconds in PATIENCE:
            survey = await discover(only=["epson", "mdns"], ask=[board.place, other.place], timeout=seconds)
            if [one.profile for one in survey.found] == ["epson-tm-t88v"]:
                break
    assert [one.profile for one in survey.found] == ["epson-tm-t88v"]


@pytest.mark.asyncio
async def test_a_search_that_is_cancelled_leaves_nothing_open() -> None:
    async with Responder(epson()) as responder:
        searching = asyncio.create_task(discover(only=["epson"], ask=[responder.place], timeout=5.0))
        await asyncio.sleep(0.05)
        searching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await searching


@pytest.mark.parametrize("text", ["", "printer.local", "192.168.1", "192.168.1.255:0", "192.168.1.255:x", "::1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no address to ask"):
        places([text], 9)


def test_the_own_subnets_are_broadcast_addresses() -> None:
    for address in subnets():
        assert places([address], 9) == [(address, 9)]
        assert not address.startswith("127.")


LISTING = """\
device for Kitchen: socket://192.168.1.87:9100
device for EPSON_TM-T88V: usb://EPSON/TM-T88V?serial=A1
device for Bar: socket://[fe80::1]/
device for Broken: socket://999.1.1.1
no line of lpstat
"""


def test_queues_to_the_network_are_the_printers_themselves() -> None:
    found = queues_in(LISTING)
    assert [(one.url, one.what) for one in found if one.url.startswith("tcp")] == [
        ("tcp://192.168.1.87:9100", "print queue Kitchen"),
        ("tcp://[fe80::1]:9100", "print queue Bar"),
    ]
    assert found[0].why == "a queue of CUPS to socket://192.168.1.87:9100"


@pytest.mark.parametrize(
    ("server", "host"),
    [("", "localhost"), ("/run/cups/cups.sock", "localhost"), ("office:1631/version=1.1", "office:1631")],
)
def test_others_are_given_as_queues_that_open(server: str, host: str) -> None:
    told = {one.url: one for one in queues_in(LISTING, server)}
    queue = told[f"cups://{host}/EPSON_TM-T88V"]
    assert check_url(queue.url).scheme == "cups"
    assert queue.profile == "epson-tm-t88v"
    assert "serial" not in queue.why

"""Receipts over the hub: printed once by key, told honestly, whatever is cut in between."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import pytest

from posdevkit.devices import LabelPrinter, ReceiptPrinter
from posdevkit.profiles import load_label_profile, load_profile
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.labels.bench import LabelPrinterBench

from .conftest import Counter, receipt

JOBS = "/v1/printers/counter/jobs"


def printer(bench: ReceiptPrinterBench, name: str = "counter") -> ReceiptPrinter:
    return ReceiptPrinter(bench.url, load_profile("epson-tm-t88v"), name=name)


def printed(bench: ReceiptPrinterBench, text: str) -> int:
    return sum(ticket.text.count(text) for ticket in bench.tickets)


@pytest.mark.asyncio
async def test_one_key_prints_once_and_other_content_is_a_conflict(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        first = await tablet.ask("POST", f"{JOBS}?wait=10", {"key": "a", "document": receipt("<one>")})
        assert (first.status_code, first.json()["state"], first.json()["outcome"]) == (201, "printed", "confirmed")
        again = await tablet.ask("POST", f"{JOBS}?wait=10", {"key": "a", "document": receipt("<one>")})
        assert (again.status_code, again.json()["state"]) == (200, "printed")
        other = await tablet.ask("POST", JOBS, {"key": "a", "document": receipt("<two>")})
        assert other.status_code == 409
        assert other.headers["content-type"] == "application/problem+json"
        assert other.json()["slug"] == "job-conflict"
        assert printed(bench, "<one>") == 1
        assert printed(bench, "<two>") == 0
        picture = await tablet.ask("GET", f"{JOBS}/a/picture")
        assert picture.content.startswith(b"\x89PNG")
        assert [job["key"] for job in (await tablet.ask("GET", JOBS)).json()["jobs"]] == ["a"]
        assert (await tablet.ask("GET", f"{JOBS}?state=pending")).json()["jobs"] == []


@pytest.mark.asyncio
async def test_two_tablets_at_once_get_their_own_tickets_in_one_line(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        hub = await counter.hub(printer(bench))
        tablets = [await counter.tablet(hub, name) for name in ("bar", "door")]
        keys = [f"{number}-{turn}" for turn in range(4) for number in (0, 1)]
        answers = await asyncio.gather(
            *(
                tablets[int(key[0])].ask("POST", f"{JOBS}?wait=20", {"key": key, "document": receipt(f"<{key}>")})
                for key in keys
            )
        )
        assert {answer.json()["state"] for answer in answers} == {"printed"}
        assert [printed(bench, f"<{key}>") for key in keys] == [1] * len(keys)


@pytest.mark.asyncio
async def test_an_answer_that_is_cut_off_is_asked_for_again_and_prints_once(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        hub = await counter.hub(printer(bench))
        tablet = await counter.tablet(hub)
        body = json.dumps({"key": "cut", "document": receipt("<cut>")}).encode()
        head = (
            f"POST {JOBS}?wait=20 HTTP/1.1\r\nHost: {urlsplit(hub.url).netloc}\r\nContent-Type: application/json\r\n"
            f"Authorization: {tablet.http.headers['authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(hub.url).port)
        writer.write(head.encode() + body)
        await writer.drain()
        writer.transport.abort()  # before any answer
        again = await tablet.ask("POST", f"{JOBS}?wait=20", {"key": "cut", "document": receipt("<cut>")})
        assert again.json()["state"] == "printed"
        await bench.ticket(1)
        assert printed(bench, "<cut>") == 1


@pytest.mark.asyncio
async def test_paper_out_is_told_in_the_readers_language_and_the_job_goes_on(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp(faults=["paper-out-after=2"]) as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        rows = [{"type": "text", "text": f"line {number}"} for number in range(40)]
        document = {"kind": "receipt", "elements": [*rows, {"type": "cut"}]}
        async with tablet.listening("/v1/events") as events:
            await tablet.ask("POST", JOBS, {"key": "long", "document": document})
            while (await events.next("status")).get("problem") != "paper-out":
                pass
            job = await tablet.ask("GET", f"{JOBS}/long", headers={"accept-language": "da, en;q=0.5"})
            assert job.json()["problem"] == "paper-out"
            assert job.json()["remedy"] == "Sæt en ny rulle i, og luk låget."
            assert (job.json()["state"], job.json()["settled"]) == ("sending", False)
            device = (await tablet.ask("GET", "/v1/devices/counter")).json()
            assert (device["problem"], device["status"]["paper"]) == ("paper-out", "out")
            assert device["jobs"]["waiting"] == 1
            bench.printer.load_paper()
            done = await tablet.ask("GET", f"{JOBS}/long?wait=20")
            assert (done.json()["state"], done.json()["problem"]) == ("printed", None)


@pytest.mark.asyncio
async def test_a_person_decides_about_a_job_that_nobody_can_tell_about(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp(faults=["power-cut-at=150"]) as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        rows = [{"type": "text", "text": f"line {number}"} for number in range(30)]
        document = {"kind": "receipt", "elements": [*rows, {"type": "cut"}]}
        job = (await tablet.ask("POST", f"{JOBS}?wait=30", {"key": "doubt", "document": document})).json()
        assert job["state"] == "unconfirmed"
        assert job["remedy"]
        device = (await tablet.ask("GET", "/v1/devices/counter")).json()
        assert device["jobs"]["for_a_person"] == 1
        released = await tablet.ask("POST", f"{JOBS}/doubt/release", {"printed": False})
        assert released.json()["state"] == "pending"
        assert (await tablet.ask("GET", f"{JOBS}/doubt?wait=30")).json()["state"] == "printed"


@pytest.mark.asyncio
async def test_what_has_not_begun_is_taken_back_and_never_printed(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp(faults=["paper-out-after=2"]) as bench, counter.stack:
        hub = await counter.hub(printer(bench))
        tablet, other = await counter.tablet(hub), await counter.tablet(hub, "other")
        first = {"kind": "receipt", "elements": [{"type": "text", "text": f"<{n}>"} for n in range(40)]}
        await tablet.ask("POST", JOBS, {"key": "first", "document": first})
        for key in ("second", "third"):
            await tablet.ask("POST", JOBS, {"key": key, "document": receipt(f"<{key}>")})
        while (await tablet.ask("GET", f"{JOBS}/first")).json()["state"] != "sending":
            await asyncio.sleep(0.01)
        assert (await other.ask("POST", f"{JOBS}/first/cancel", {})).json()["slug"] == "usage"  # bytes have left
        cancelled = (await other.ask("POST", f"{JOBS}/second/cancel", {"by": " Bo  B "})).json()
        assert (cancelled["state"], cancelled["settled"], cancelled["asked_by"]) == ("cancelled", True, "Bo B")
        assert (await other.ask("POST", f"{JOBS}/second/cancel", {})).status_code == 200
        assert (await tablet.ask("POST", f"{JOBS}/nothing/cancel", {})).status_code == 404
        await tablet.ask("POST", "/v1/devices/counter/claim", {"seconds": 30})
        assert (await other.ask("POST", f"{JOBS}/third/cancel", {})).status_code == 409  # held by another
        bench.printer.load_paper()
        assert (await tablet.ask("GET", f"{JOBS}/third?wait=20")).json()["state"] == "printed"
        again = await tablet.ask("POST", JOBS, {"key": "second", "document": receipt("<second>")})
        assert (again.status_code, again.json()["state"]) == (200, "cancelled")  # the key stays taken
        states = {job["key"]: job["state"] for job in (await tablet.ask("GET", JOBS)).json()["jobs"]}
        assert states == {"first": "printed", "second": "cancelled", "third": "printed"}
    assert [printed(bench, text) for text in ("<39>", "<second>", "<third>")] == [1, 0, 1]


@pytest.mark.asyncio
async def test_a_copy_is_printed_by_a_persons_word_and_says_so(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        hub = await counter.hub(printer(bench))
        tablet = await counter.tablet(hub, **{"accept-language": "en"})
        elements = [{"type": "drawer"}, {"type": "text", "text": "<sale>"}, {"type": "cut"}]
        document = {"kind": "receipt", "elements": elements}
        await tablet.ask("POST", f"{JOBS}?wait=20", {"key": "a", "document": document})
        said: list[dict[str, str]] = [
            {},
            {"by": "Bo"},
            {"key": "b"},
            {"key": "b/c", "by": "Bo"},
            {"key": "b", "by": " "},
            {"key": "b", "by": "x" * 61},
            {"key": "b", "by": "a\u0007"},
            {"key": "b", "by": "Bo", "language": "de"},
        ]
        for body in said:
            assert (await tablet.ask("POST", f"{JOBS}/a/reprint", body)).status_code == 422, body
        wanted = {"key": "b", "by": "Bo"}
        assert (await tablet.ask("POST", f"{JOBS}/nothing/reprint", wanted)).status_code == 404
        answer = await tablet.ask("POST", f"{JOBS}/a/reprint?wait=20", wanted)
        copy = answer.json()
        assert (answer.status_code, copy["state"], copy["outcome"]) == (201, "printed", "confirmed")
        assert (copy["key"], copy["copy_of"], copy["asked_by"]) == ("b", "a", "Bo")
        danish = await tablet.ask("POST", f"{JOBS}/b/reprint?wait=20", {"key": "c", "by": "Bo", "language": "da"})
        assert (danish.json()["key"], danish.json()["copy_of"]) == ("c", "a")
        # The key of a copy that was asked for where the hub runs stands in an address as it is, or with its slash in
        # percent.
        queue = hub._desk.devices["counter"].queue
        assert queue is not None
        await queue.reprint("a", by="Bo", language="en")
        for key in ("a/copy-1", "a%2Fcopy-1"):
            assert (await tablet.ask("GET", f"{JOBS}/{key}?wait=20")).json()["key"] == "a/copy-1"
            assert (await tablet.ask("GET", f"{JOBS}/{key}/picture")).content.startswith(b"\x89PNG")
        assert (await tablet.ask("GET", f"{JOBS}/a/release")).status_code in (404, 405)
    assert ["COPY" in ticket.text for ticket in bench.tickets[:2]] == [False, True]
    assert [len(ticket.kicks) for ticket in bench.tickets] == [1, 0, 0, 0]


@pytest.mark.asyncio
async def test_a_tablet_that_lost_the_answer_asks_for_its_copy_again_and_gets_one(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        await tablet.ask("POST", f"{JOBS}?wait=20", {"key": "a", "document": receipt("one")})
        wanted = {"key": "again-1", "by": "Bo"}
        first = await tablet.ask("POST", f"{JOBS}/a/reprint", wanted)
        answers = await asyncio.gather(*(tablet.ask("POST", f"{JOBS}/a/reprint?wait=20", wanted) for _ in range(5)))
        assert first.status_code == 201
        assert {(answer.status_code, answer.json()["key"], answer.json()["state"]) for answer in answers} == {
            (200, "again-1", "printed")
        }
        assert len((await tablet.ask("GET", JOBS)).json()["jobs"]) == 2
        # A key that is another job's, or another copy's, is refused.
        for path, body in (("a", {**wanted, "key": "a"}), ("a", {**wanted, "language": "da"})):
            refused = await tablet.ask("POST", f"{JOBS}/{path}/reprint", body)
            assert (refused.status_code, refused.json()["slug"]) == (409, "job-conflict"), body
        # A new key is a copy more, made from the copy too.
        more = await tablet.ask("POST", f"{JOBS}/again-1/reprint?wait=20", {"key": "again-2", "by": "Bo"})
        assert (more.status_code, more.json()["copy_of"]) == (201, "a")
    assert len(bench.tickets) == 3


@pytest.mark.asyncio
async def test_labels(counter: Counter) -> None:
    label = {
        "kind": "label",
        "width": 50,
        "height": 30,
        "elements": [{"type": "text", "x": 2, "y": 2, "text": "Coffee"}],
    }
    async with ReceiptPrinterBench.tcp() as bench, LabelPrinterBench.tcp() as labels, counter.stack:
        shelf = LabelPrinter(labels.url, load_label_profile("generic-zpl-203"), name="shelf")
        tablet = await counter.tablet(await counter.hub(printer(bench), shelf))
        path = "/v1/printers/shelf/jobs"
        job = await tablet.ask("POST", f"{path}?wait=20", {"key": "l", "document": label, "copies": 2})
        assert (job.status_code, job.json()["state"], job.json()["outcome"]) == (201, "printed", "sent")
        assert (await tablet.ask("POST", path, {"key": "r", "document": receipt("x")})).status_code == 422
        assert (await tablet.ask("POST", JOBS, {"key": "l", "document": label})).status_code == 422
        assert (await tablet.ask("GET", f"{path}/l/picture")).status_code == 422
        assert (await tablet.ask("POST", "/v1/printers/shelf/drawer", {"key": "d"})).status_code == 422


@pytest.mark.asyncio
async def test_what_could_reach_into_the_hub_is_refused(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        for element in ({"type": "image", "path": "/etc/hostname"}, {"type": "raw", "hex": "1B40"}):
            answer = await tablet.ask(
                "POST", JOBS, {"key": "x", "document": {"kind": "receipt", "elements": [element]}}
            )
            assert (answer.status_code, answer.json()["slug"]) == (403, "forbidden")
        many = {"kind": "receipt", "elements": [{"type": "feed"}] * 2001}
        assert (await tablet.ask("POST", JOBS, {"key": "x", "document": many})).status_code == 413
        for key in ("", "a/b", "a b", "æ", "k" * 101):
            assert (await tablet.ask("POST", JOBS, {"key": key, "document": receipt("x")})).status_code == 422, key
        assert (await tablet.ask("GET", f"{JOBS}/never")).status_code == 404
        assert (await tablet.ask("GET", "/v1/printers/nowhere/jobs")).status_code == 404
        assert printed(bench, "x") == 0


@pytest.mark.asyncio
async def test_a_hub_that_closes_answers_those_who_wait(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp(faults=["paper-out-after=0"]) as bench, counter.stack:
        hub = await counter.hub(printer(bench))
        tablet = await counter.tablet(hub)
        waiting = asyncio.create_task(
            tablet.ask("POST", f"{JOBS}?wait=60", {"key": "w", "document": receipt("w")}, timeout=30)
        )
        while (await tablet.ask("GET", "/v1/devices/counter")).json()["jobs"]["waiting"] == 0:
            await asyncio.sleep(0.01)
        closing = asyncio.create_task(hub.close())
        job = (await waiting).json()
        assert (job["settled"], job["key"]) == (False, "w")
        bench.printer.load_paper()
        await closing


@pytest.mark.asyncio
async def test_a_printer_is_asked_for_its_status_now(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        gone = ReceiptPrinter("tcp://127.0.0.1:9", load_profile("epson-tm-t88v"), name="gone")
        mute = ReceiptPrinter(bench.url, load_profile("generic-mute"), name="mute")
        tablet = await counter.tablet(await counter.hub(gone, mute))
        unknown = (await tablet.ask("GET", "/v1/devices/mute/status")).json()
        assert (unknown["online"], unknown["cover_open"], unknown["paper"]) == (None, None, "unknown")
        answer = await tablet.ask("GET", "/v1/devices/gone/status")
        assert (answer.status_code, answer.json()["slug"], answer.json()["who"]) == (503, "disconnected", "network")
        told = (await tablet.ask("GET", "/v1/devices/gone")).json()
        assert (told["problem"], told["status"]["online"]) == ("disconnected", None)


@pytest.mark.asyncio
async def test_an_open_cover_is_told_by_a_printer_that_is_asked(counter: Counter) -> None:
    async with ReceiptPrinterBench.tcp() as bench, counter.stack:
        tablet = await counter.tablet(await counter.hub(printer(bench)))
        assert (await tablet.ask("GET", "/v1/devices/counter/status")).json()["can_print"] is True
        bench.printer.open_cover()
        status = (await tablet.ask("GET", "/v1/devices/counter/status")).json()
        assert (status["cover_open"], status["can_print"], status["problem"]) == (True, False, "cover-open")

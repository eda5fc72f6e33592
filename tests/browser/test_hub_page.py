"""The hub's page as a tablet has it: pair, print, see the paper, see what scanners read; and axe-core finds nothing."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from posdevkit.devices import Display, ReceiptPrinter, Scale, Scanner
from posdevkit.documents import Receipt
from posdevkit.hub import Hub, lend
from posdevkit.hub.lending import Handle
from posdevkit.printqueue import QueueState
from posdevkit.profiles import load_profile
from posdevkit.runtime.background import run
from posdevkit_emulators.bench import ReceiptPrinterBench
from posdevkit_emulators.displays.model import DisplayModel
from posdevkit_emulators.gadgets.bench import GadgetBench
from posdevkit_emulators.printers import What
from posdevkit_emulators.scales.model import ScaleModel
from posdevkit_emulators.scanners.bench import ScannerBench

from .conftest import Browser

SCREENS = [(768, 1024), (390, 844)]
NAME = "kitchen <img src=x onerror=alert(1)>"


@dataclass
class Stage:
    """A hub and its devices, on the background loop."""

    hub: Hub
    bar: ReceiptPrinterBench
    kitchen: ReceiptPrinterBench
    scanner: ScannerBench
    screen: DisplayModel

    def code(self) -> str:
        return run(self.hub.pairing_code)

    def scan(self, data: str, aim: str) -> None:
        run(lambda: self.scanner.scan(data, aim))

    def printed(self, text: str) -> int:
        return sum(ticket.text.count(text) for ticket in self.bar.tickets)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stack = AsyncExitStack()

    async def build() -> Stage:
        enter = stack.enter_async_context
        bar = await enter(ReceiptPrinterBench.tcp())
        kitchen = await enter(ReceiptPrinterBench.tcp(faults=["power-cut-at=200"]))  # inside its first receipt
        scanner, screen = await enter(ScannerBench.tcp()), DisplayModel()
        scale = await enter(GadgetBench.tcp(ScaleModel(Decimal(1250))))
        display = await enter(GadgetBench.tcp(screen))
        profile = load_profile("epson-tm-t88v")
        handles: list[Handle] = [
            ReceiptPrinter(bar.url, profile, name="bar"),
            ReceiptPrinter(kitchen.url, profile, name=NAME),
            Scanner(scanner.url, name="till"),
            Scale(scale.url, name="scale"),
            Display(display.url, name="front"),
        ]
        hub = await enter(lend(handles, tmp_path / "shop.hub.db", port=0))
        return Stage(hub, bar, kitchen, scanner, screen)

    async def close() -> None:
        await stack.aclose()
        await asyncio.sleep(0)

    try:
        yield run(build)
    finally:
        run(close)


def paired(browser: Browser, stage: Stage) -> None:
    """As with the camera: the code stands behind the address."""
    browser.open(f"{stage.hub.url}/#pair={stage.code()}")
    browser.until(lambda: browser.text("#devices li").count("Ready") >= 3, "the devices are there")
    assert browser.run("return location.hash") == "", "the code does not stay in the address"


def kept(browser: Browser, name: str) -> None:
    """Keep a picture where POSDEVKIT_PICTURES names a folder, for people to look at."""
    if folder := os.environ.get("POSDEVKIT_PICTURES"):
        browser.picture(Path(folder) / f"{name}.png")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_accessible_and_fitting_in_every_state(
    browser: Browser, stage: Stage, width: int, height: int, dark: bool
) -> None:
    name = f"{width}-{'dark' if dark else 'light'}"

    def judge(state: str) -> None:
        kept(browser, f"hub-{name}-{state}")
        assert browser.violations() == [], state
        assert browser.overflow() <= 0, state
        assert browser.small_targets() == [], state

    browser.screen(width, height, dark=dark)
    browser.open(stage.hub.url)
    browser.until(lambda: browser.text("#pairing h2"), "the form is there")
    judge("pairing")
    browser.type("#code", "WRONG")
    browser.click("#pair-form button")
    browser.until(lambda: "This code is wrong" in browser.text("#pair-problem"), "the refusal")
    judge("refused")
    browser.complaints()  # the refusal is one
    browser.open("about:blank")
    paired(browser, stage)
    judge("empty")
    stage.kitchen.printer.open_cover()
    browser.until(lambda: "Close the cover" in browser.text("#devices"), "the open cover")
    for number in (0, 2):
        browser.click("#articles button", number)
    stage.scan("5701234567899", "E0")
    stage.scan("https://r.example/8F2?a=a-long-address-that-goes-on-and-on-and-on", "Q1")
    browser.until(lambda: len(browser.text("#scans").splitlines()) >= 6, "two scans")
    browser.click("#print")
    browser.until(lambda: "Printed" in browser.text("#job"), "the job")
    browser.until(lambda: browser.run("return document.getElementById('paper').naturalWidth > 0"), "the picture")
    judge("printed")
    browser.click("#language")
    browser.until(lambda: "Luk låget" in browser.text("#devices"), "Danish")
    assert browser.run("return document.documentElement.lang") == "da"
    judge("danish")
    assert browser.complaints() == []


def test_a_sale_is_printed_once_and_what_is_scanned_is_shown(browser: Browser, stage: Stage) -> None:
    browser.screen(768, 1024)
    paired(browser, stage)
    assert NAME in browser.text("#devices")
    assert browser.run("return document.querySelectorAll('#devices img').length") == 0
    browser.click("#articles button", 0)
    browser.click("#articles button", 0)
    assert browser.text("#total") == "76.00"
    browser.click("#basket button", 1)
    assert browser.text("#total") == "38.00"
    browser.click("#show")
    browser.until(lambda: stage.screen.lines[1].strip() == "38.00", "the customer's display")
    browser.click("#print")
    browser.until(lambda: "Printed" in browser.text("#job"), "the job")
    assert stage.printed("Flat white") == 1
    browser.click("#print")  # it says "Print the next one" now
    assert (browser.text("#basket"), browser.text("#job")) == ("", "")
    assert stage.printed("Flat white") == 1
    stage.scan("5701234567899", "E0")
    stage.scan("130123456789012345", "C0")
    browser.until(lambda: "****" in browser.text("#scans"), "the scans")
    assert "5701234567899" in browser.text("#scans")
    assert "130123456789012345" not in browser.run("return document.documentElement.outerHTML")
    browser.click("#devices button")
    browser.until(lambda: "1250 g" in browser.text("#devices"), "the weight")
    browser.driver.refresh()
    browser.until(lambda: "Ready" in browser.text("#devices"), "still paired")
    browser.click("#unpair")
    browser.until(lambda: browser.text("#pairing h2"), "unpaired")
    assert run(stage.hub.tokens) == []
    assert browser.complaints() == []


def test_paper_out_is_told_until_somebody_sees_to_it(browser: Browser, stage: Stage) -> None:
    browser.screen(390, 844)
    paired(browser, stage)
    stage.bar.printer.run_out()
    browser.until(lambda: "Load a new roll" in browser.text("#devices"), "no paper")
    browser.click("#articles button", 1)
    browser.click("#print")
    browser.until(lambda: "out of paper" in browser.text("#job"), "the job waits")
    kept(browser, "hub-390-paper-out")
    stage.bar.printer.load_paper()
    browser.until(lambda: "Printed" in browser.text("#job"), "the job goes on")
    assert stage.printed("Filterkaffe") == 1


def test_a_person_is_asked_about_a_receipt_that_nobody_can_tell_about(browser: Browser, stage: Stage) -> None:
    browser.screen(390, 844)
    paired(browser, stage)
    for number in range(4):
        browser.click("#articles button", number)
    browser.run("document.getElementById('printer').selectedIndex = 1")
    browser.click("#print")
    browser.until(lambda: browser.text("#doubt").strip(), "the question")
    kept(browser, "hub-390-doubt")
    assert browser.violations() == []
    assert "Nobody can tell" in browser.text("#job")
    assert browser.text("#caption") == "What should be on the paper"
    assert browser.run("return document.getElementById('print').disabled") is True
    browser.click("#on-paper")
    browser.until(lambda: "Sent; this printer never confirms" in browser.text("#job"), "a person's word")
    assert browser.text("#doubt") == ""
    queue = stage.hub._desk.devices[NAME].queue
    assert queue is not None
    assert [job.state for job in run(queue.jobs)] == [QueueState.PRINTED]


def test_jobs_are_taken_back_and_copied_from_any_tablet(browser: Browser, stage: Stage) -> None:
    browser.screen(390, 844)
    paired(browser, stage)
    queue = stage.hub._desk.devices["bar"].queue
    assert queue is not None
    stage.bar.printer.run_out()
    for key in ("one", "two"):
        receipt = Receipt().text(f"<{key}>").cut()
        run(lambda receipt=receipt, key=key: queue.add(receipt, key=key, language="en"))  # type: ignore[misc]
    browser.until(lambda: "two" in browser.text("#jobs"), "another tablet's jobs")
    assert browser.violations() == []
    assert browser.overflow() <= 0
    assert browser.small_targets() == []
    browser.click("#jobs button[aria-label='Take back: two']")
    browser.until(lambda: "Taken back" in browser.text("#jobs"), "it is taken back")
    stage.bar.printer.load_paper()
    browser.until(lambda: "Print a copy" in browser.text("#jobs"), "the other is printed")
    assert (
        browser.run("return document.querySelector('#jobs button[aria-label=\"Print a copy: one\"]').disabled") is True
    )
    browser.type("#who", "Bo")
    # The hub takes it, and its answers are lost, till the module gives up; pressed again it is still the same copy.
    browser.run(
        "const real = window.fetch; window.lost = 0;"
        "window.fetch = async (url, options) => { const answer = await real(url, options);"
        " if (/reprint/.test(url) && window.lost < 6) { window.lost++; throw new TypeError('lost'); } return answer; }"
    )
    browser.click("#jobs button[aria-label='Print a copy: one']")
    browser.until(lambda: browser.text("#jobs-problem") != "", "it is told that no answer came")
    browser.click("#jobs button[aria-label='Print a copy: one']")
    browser.until(lambda: browser.text("#jobs-problem") == "", "an answer")
    assert browser.run("return window.lost") == 6
    browser.until(lambda: "Copy of one" in browser.text("#jobs"), "the copy")
    browser.until(lambda: len(stage.bar.tickets) == 2, "its paper")
    assert [job.copy_of for job in run(queue.jobs)] == ["", "", "one"]
    assert ["COPY" in ticket.text for ticket in stage.bar.tickets] == [False, True]
    assert stage.printed("<two>") == 0
    kept(browser, "hub-390-jobs")
    assert browser.violations() == []
    assert browser.complaints() == []


def test_a_drawer_is_kicked_once_though_its_answers_are_lost(browser: Browser, stage: Stage) -> None:
    browser.screen(390, 844)
    paired(browser, stage)
    browser.run(
        "const real = window.fetch; window.lost = 0;"
        "window.fetch = async (url, options) => { const answer = await real(url, options);"
        " if (/drawer/.test(url) && window.lost < 6) { window.lost++; throw new TypeError('lost'); } return answer; }"
    )
    browser.click("#drawer")
    browser.until(lambda: "lost" in browser.text("#job"), "it is told that no answer came")
    browser.click("#drawer")
    browser.until(lambda: browser.run("return window.lost") == 6, "the module asks again")
    browser.until(lambda: browser.text("#job") == "", "an answer")
    assert stage.bar.count(What.DRAWER_KICK) == 1
    browser.click("#drawer")  # a new wish, a new key
    browser.until(lambda: stage.bar.count(What.DRAWER_KICK) == 2, "the second kick")
    # What nobody can tell is told as that.
    browser.run(
        "const real = window.fetch; window.fetch = async (url, options) => !/drawer/.test(url) ? real(url, options) :"
        " Response.json({ key: 'k', outcome: 'unknown', evidence: 'none' });"
    )
    browser.click("#drawer")
    browser.until(lambda: "Nobody can tell whether the drawer" in browser.text("#job"), "what to do")
    assert browser.violations() == []
    assert browser.complaints() == []


def test_the_module_claims_and_tells_problems(browser: Browser, stage: Stage) -> None:
    browser.open(stage.hub.url)
    told = browser.driver.execute_async_script(
        """
        const [code, done] = arguments;
        (async () => {
          const { Hub, HubProblem, newKey } = await import("/posdevkit-hub.js");
          const hub = new Hub(location.origin, { language: "da" });
          const before = await hub.devices().catch((problem) => problem);
          await hub.pair(code, "script");
          const claim = await hub.claim("till", 30);
          const renewed = await hub.renew("till", 60);
          const stop = new AbortController();
          const seen = [];
          const scanning = (async () => {
            for await (const scan of hub.scans("till", { signal: stop.signal })) seen.push(scan.text);
          })();
          const key = newKey();
          const document = { kind: "receipt", elements: [{ type: "text", text: "<module>" }, { type: "cut" }] };
          const job = await hub.print("bar", document, { key, wait: 10 });
          const again = await hub.print("bar", document, { key });
          const other = await hub.print("bar", { kind: "receipt", elements: [] }, { key }).catch((problem) => problem);
          const picture = await hub.picture("bar", key);
          const drawer = await hub.openDrawer("bar", { key: "kick-1", pin: 5 });
          const kicked = await hub.openDrawer("bar", { key: "kick-1", pin: 5 });
          const weight = await hub.weigh("scale");
          stop.abort();
          await scanning;
          await hub.release("till");
          await hub.unpair();
          done({ before: [before instanceof HubProblem, before.status, before.remedy], claim, renewed, job, again,
                 other: [other.slug, other.status], picture: [picture.type, picture.size > 100],
                 drawer, kicked, weight });
        })().catch((problem) => done({ problem: String(problem) }));
        """,
        stage.code(),
    )
    assert "problem" not in told, json.dumps(told)
    assert told["before"] == [True, 401, "Par denne enhed igen, eller giv den en gyldig nøgle."]
    assert (told["claim"]["holder"], told["claim"]["mine"]) == ("script", True)
    assert told["renewed"]["seconds_left"] > 30
    assert (told["job"]["state"], told["again"]["state"]) == ("printed", "printed")
    assert told["other"] == ["job-conflict", 409]
    assert told["picture"] == ["image/png", True]
    assert (told["drawer"]["outcome"], told["kicked"]) == ("confirmed", told["drawer"])
    assert stage.bar.count(What.DRAWER_KICK) == 1
    assert Decimal(told["weight"]["grams"]) == 1250
    assert stage.printed("<module>") == 1

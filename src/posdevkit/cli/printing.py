"""What `posdevkit print` does: read and check everything, send, show who has to act, tell what became of it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from posdevkit.aio import Shop as AioShop
from posdevkit.blocking import Job, Shop
from posdevkit.devices.compose import Composed, Fonts, compose
from posdevkit.devices.preview import Preview, preview_of
from posdevkit.documents import Receipt
from posdevkit.documents.json import receipt_to_json
from posdevkit.errors import DeviceError, PosError, UsageError
from posdevkit.errors.texts import message, remedy
from posdevkit.events import Delivery, Evidence, JobEvent, JobState, Outcome
from posdevkit.layout import Finding
from posdevkit.profiles import Profile

from . import exits
from .console import Json, clean, note, painted, say, write_json
from .documents import read_receipt
from .output import write_file
from .progress import Progress
from .report import outcome_facts
from .targets import Target, chosen, chosen_profile, fonts_of

__all__ = ["run"]

GIVE_UP_SECONDS: Final = 10.0

_EVIDENCE: Final = {
    Evidence.NONE: "nothing proves that it was printed",
    Evidence.PROCESS_ID: "the printer returned the job's id after printing it",
    Evidence.ETB: "the printer's counter moved after printing it",
    Evidence.PRINT_END: "the printer returned the job's number after printing it",
    Evidence.IN_ORDER_STATUS: "the printer processed it, which does not prove that it was printed",
    Evidence.LABEL_COUNTER: "the printer's label counter moved",
    Evidence.CLEARED: "the printer dropped the rest",
}


def run(args: argparse.Namespace) -> int:
    """Carry out the command; gives the exit code, raises PosError."""
    receipt = read_receipt(args.file, args.page, args.margins)
    if args.dry_run:
        return _dry_run(receipt, chosen_profile(args), _dry_fonts(args), args)
    if args.out is not None:
        raise UsageError("--out goes with --dry-run", remedy="Add --dry-run, or leave --out away.")
    return _print(receipt, chosen(args), args)


def _print(receipt: Receipt, target: Target, args: argparse.Namespace) -> int:
    started = time.perf_counter()
    # A shop connects with its first job, and a job is laid out before that: what is wrong costs not a byte.
    with Shop.wrap(AioShop(target.config)) as shop:
        job = shop.printer(target.name).submit(receipt, key=args.key)
        try:
            outcome = _watched(job, args)
        except KeyboardInterrupt:
            note(f"Given up: {_given_up(job)}.")
            raise
    milliseconds = (job.seconds or time.perf_counter() - started) * 1000
    _tell(job, outcome, milliseconds, target.name, as_json=args.json)
    return exits.OK


def _watched(job: Job, args: argparse.Namespace) -> Outcome:
    """Wait for the job, showing what it waits for; give it up at the deadline, since this program then ends."""
    progress = Progress(sys.stderr)

    def on_event(event: JobEvent) -> None:
        if event.state is JobState.WAITING and event.problem is not None:
            told = f"{message(event.problem, args.language)}. {remedy(event.problem, args.language)}"
            progress.line(f"{painted('Waiting:', 'yellow', sys.stderr)} {told}")

    events = job.events()
    on_event(job.snapshot())
    stop = events.on(on_event)
    try:
        return _wait(job, time.monotonic() + args.timeout, args.timeout, progress)
    except DeviceError as problem:
        if job.done:
            raise
        outcome = _given_up(job)
        if outcome.confirmed:
            return outcome
        raise problem.again(outcome=outcome, job=job) from None
    finally:
        stop()
        progress.clear()


def _wait(job: Job, end: float, timeout: float, progress: Progress) -> Outcome:
    if not progress.shown:
        return job.wait(timeout)
    while True:
        left = end - time.monotonic()
        try:
            return job.wait(max(0.0, min(progress.EVERY_SECONDS, left)))
        except DeviceError:
            if job.done or left <= progress.EVERY_SECONDS:
                raise
        outcome = job.outcome
        progress.update(f"{job.state.value}: {outcome.bytes_taken} of {outcome.bytes_total} bytes")


def _given_up(job: Job) -> Outcome:
    try:
        if not job.cancel():
            return job.abandon(GIVE_UP_SECONDS)
    except PosError:
        pass  # its outcome stays what is known
    return job.outcome


def _tell(job: Job, outcome: Outcome, milliseconds: float, printer: str, *, as_json: bool) -> None:
    first = job.seconds_to_first_byte
    if as_json:
        facts: dict[str, Json] = {
            "ok": True,
            "key": job.key,
            "printer": printer,
            **outcome_facts(outcome),
            "first_byte_milliseconds": None if first is None else round(first * 1000, 1),
            "milliseconds": round(milliseconds, 1),
            "findings": [finding.message for finding in job.findings],
        }
        write_json(facts)
        return
    _note_findings(job.findings)
    confirmed = outcome.delivery is Delivery.CONFIRMED
    word = painted(outcome.delivery.value, "green" if confirmed else "yellow", sys.stdout)
    figures = f"{outcome.bytes_taken:,} bytes, {milliseconds:.0f} ms"
    say(f"{clean(job.key)}: {word} ({_EVIDENCE[outcome.evidence]}), {figures}")


def _note_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        note(f"{painted('note:', 'yellow', sys.stderr)} {clean(finding.message)}")


def _dry_fonts(args: argparse.Namespace) -> Fonts:
    """What the printer would draw with: also that of a shop."""
    if args.printer is None and args.config is None:
        return fonts_of(args)
    target = chosen(args)
    fonts = target.config.devices[target.name].settings.get("fonts")
    return fonts if isinstance(fonts, tuple) else None


def _dry_run(receipt: Receipt, profile: Profile, fonts: Fonts, args: argparse.Namespace) -> int:
    composed = compose(receipt, profile, fonts)
    if args.out is not None:
        write_file(args.out, _file(receipt, preview_of(receipt, composed, profile, fonts), composed, args.out))
    if args.json:
        facts: dict[str, Json] = {
            "ok": True,
            "dry_run": True,
            "profile": profile.name,
            "bytes_total": len(composed.compiled.data),
            "findings": [finding.message for finding in composed.findings],
            "out": args.out,
        }
        write_json(facts)
        return exits.OK
    _note_findings(composed.findings)
    if args.out is None:
        say(preview_of(receipt, composed, profile, fonts).text().rstrip("\n"))
    note(f"Dry run: {len(composed.compiled.data):,} bytes for {profile.name}; nothing was sent.")
    return exits.OK


def _file(receipt: Receipt, shown: Preview, composed: Composed, path: str) -> bytes:
    """What a file of that name should hold."""
    match Path(path).suffix.lower():
        case ".json":
            return json.dumps(receipt_to_json(receipt), ensure_ascii=False, indent=2).encode("utf-8") + b"\n"
        case ".jpg" | ".jpeg" | ".gif" | ".bmp" | ".webp" | ".svg" | ".pdf" as other:
            raise UsageError(
                f"a receipt is not written as {other}", remedy="Write a picture (.png) or a page (.html) of it."
            )
        case ".txt":
            return shown.text().encode("utf-8")
        case ".html" | ".htm":
            return shown.html(Path(path).stem).encode("utf-8")
        case ".png":
            return _picture(shown)
        case _:
            return composed.compiled.data


def _picture(shown: Preview) -> bytes:
    if len(shown) != 1:
        raise UsageError(
            f"{len(shown)} tickets do not fit into one picture",
            remedy="Write the bytes (--out job.bin) and use 'posdevkit render', or write a page (--out receipt.html).",
        )
    return shown.png(paper=True)

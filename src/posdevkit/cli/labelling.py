"""What `posdevkit label` does."""

from __future__ import annotations

import argparse
import sys

from posdevkit.blocking import Job, LabelPrinter
from posdevkit.documents import Label
from posdevkit.documents.label_json import label_from_json
from posdevkit.documents.reading import read_json
from posdevkit.errors import BadDocument, BadText, DeviceError, UsageError
from posdevkit.errors.texts import message, remedy
from posdevkit.events import JobEvent, JobState, Outcome
from posdevkit.profiles import load_label_profile
from posdevkit.protocols.zpl.compiler import compile_label

from . import exits
from .console import Json, clean, note, painted, say, write_json
from .documents import read_bytes
from .report import outcome_facts

__all__ = ["run"]


def run(args: argparse.Namespace) -> int:
    """Carry out the command; gives the exit code, raises PosError."""
    label = _read(args.file)
    profile = load_label_profile(args.profile)
    compiled, findings = compile_label(label, profile, args.copies)
    if args.dry_run:
        facts: dict[str, Json] = {
            "ok": True,
            "dry_run": True,
            "profile": profile.name,
            "bytes_total": len(compiled.data),
            "findings": [finding.message for finding in findings],
            "zpl": compiled.data.decode("ascii"),
        }
        if args.json:
            write_json(facts)
            return exits.OK
        for finding in findings:
            note(f"{painted('note:', 'yellow', sys.stderr)} {clean(finding.message)}")
        say(compiled.data.decode("ascii"))
        note(f"Dry run: {len(compiled.data):,} bytes for {profile.name}; nothing was sent.")
        return exits.OK
    if args.to is None:
        raise UsageError("no printer is named", remedy="Add --to URL, for example --to tcp://192.168.1.90.")
    with LabelPrinter.open(args.to, profile=profile, timeout=min(args.timeout, 10.0)) as printer:
        job = printer.submit(label, copies=args.copies, key=args.key)
        try:
            outcome = _watched(job, args)
        except KeyboardInterrupt:
            note(f"Given up: {_given_up(job)}.")
            raise
        other = printer.other_model
        if other is not None:
            note(clean(f"warning: it says it is {other.model}, not {other.profile}. {other.remedy}"))
    _tell(job, outcome, as_json=args.json)
    return exits.OK


def _read(name: str) -> Label:
    data = read_bytes(name)
    try:
        return label_from_json(read_json(data))
    except (BadDocument, BadText) as problem:
        told = type(problem)(f"{'standard input' if name == '-' else name}: {problem.detail}")
        told._remedy = problem._remedy
        raise told from problem


def _watched(job: Job, args: argparse.Namespace) -> Outcome:
    def on_event(event: JobEvent) -> None:
        if event.state is JobState.WAITING and event.problem is not None:
            told = f"{message(event.problem, args.language)}. {remedy(event.problem, args.language)}"
            note(f"{painted('Waiting:', 'yellow', sys.stderr)} {told}")

    events = job.events()
    on_event(job.snapshot())
    stop = events.on(on_event)
    try:
        return job.wait(args.timeout)
    except DeviceError as problem:
        if job.done:
            raise
        raise problem.again(outcome=_given_up(job), job=job) from None
    finally:
        stop()


def _given_up(job: Job) -> Outcome:
    try:
        if not job.cancel():
            return job.abandon(10.0)
    except DeviceError:
        pass  # its outcome stays what is known
    return job.outcome


def _tell(job: Job, outcome: Outcome, *, as_json: bool) -> None:
    milliseconds = round((job.seconds or 0.0) * 1000, 1)
    if as_json:
        facts: dict[str, Json] = {
            "ok": True,
            "key": job.key,
            **outcome_facts(outcome),
            "milliseconds": milliseconds,
            "findings": [finding.message for finding in job.findings],
        }
        write_json(facts)
        return
    for finding in job.findings:
        note(f"{painted('note:', 'yellow', sys.stderr)} {clean(finding.message)}")
    word = painted(outcome.delivery.value, "yellow", sys.stdout)
    say(
        f"{clean(job.key)}: {word}, evidence {outcome.evidence.value}, {outcome.bytes_total:,} bytes, "
        f"{milliseconds:.0f} ms"
    )

"""`posdevkit profile`: from an unknown printer to a profile of one's own."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posdevkit.errors import UsageError

from . import exits
from .console import clean, note, say, terminal, write_json
from .output import write_file
from .parsing import Commands, Parser, seconds

if TYPE_CHECKING:
    from posdevkit.probing import Question
    from posdevkit.profiles import ReceiptLanguage

__all__ = ["register"]

_ABOUT = """\
Ask a printer that no profile is known of what it answers, print a numbered test page on it, ask you what the page
shows, and write its profile. An empty answer is "not sure", and then nothing is claimed. The page takes about half a
metre of paper, opens the drawer and cuts twice.
"""
_NO_TERMINAL = (
    "Run it in a terminal; or print with --only-page, write the answers as JSON ('posdevkit profile questions' lists "
    "the keys), and run it again with --no-page --answers FILE."
)


def register(commands: Commands[Parser]) -> None:
    """Add the parsers."""
    about = "Make a profile of a printer that there is none of."
    parser = commands.add_parser("profile", help="make a profile of an unknown printer", description=about)
    below: Commands[Parser] = parser.add_subparsers(dest="subcommand", metavar="COMMAND", title="commands")
    probe = below.add_parser("probe", help="print a test page and write the profile", description=_ABOUT)
    probe.add_argument("url", metavar="URL", help="for example tcp://192.168.1.87")
    probe.add_argument("--answers", metavar="FILE", help="answers as a JSON object, instead of questions; - is stdin")
    probe.add_argument("--out", metavar="FILE", help="write the profile here (standard output)")
    page = probe.add_mutually_exclusive_group()
    page.add_argument("--only-page", action="store_true", help="print the page and end")
    page.add_argument("--no-page", action="store_true", help="the page was printed before")
    probe.add_argument("--vendor", default="", metavar="NAME", help="the maker, where the printer does not tell it")
    probe.add_argument("--model", default="", metavar="NAME", help="the model, where the printer does not tell it")
    probe.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="seconds to wait at most (60)")
    probe.set_defaults(run=_probe)
    questions = below.add_parser(
        "questions", help="list what is asked", description="List the questions about the page, with what each takes."
    )
    questions.add_argument("--json", action="store_true", help="as JSON")
    questions.set_defaults(run=_questions)


def _probe(args: argparse.Namespace) -> int:
    from posdevkit.blocking import ask_printer
    from posdevkit.probing import profile_toml, read_answers
    from posdevkit.registry import check_url

    url = str(check_url(args.url))
    asks = args.answers is None and not args.only_page
    if asks and not terminal(sys.stdin):
        raise UsageError("profile probe has questions, and nobody to answer them", remedy=_NO_TERMINAL)
    answers = None if args.answers is None else read_answers(_json_of(args.answers))
    told = ask_printer(url, page=not args.no_page, timeout=args.timeout)
    named = " ".join(word for word in (told.maker, told.model, told.firmware) if word)
    note(f"{clean(url)}: " + (clean(named) or ("answers" if told.answers else "answers nothing")))
    if args.only_page:
        return exits.OK
    if answers is None:
        answers = read_answers(_interview(told.language))
    today = datetime.now().astimezone().date()
    text = profile_toml(told, answers, day=today, vendor=args.vendor, model=args.model)
    if args.out is None:
        say(text.rstrip("\n"))
    else:
        write_file(args.out, text.encode("utf-8"))
        note(f"{clean(args.out)} is written; use it with --profile {clean(args.out)}")
    return exits.OK


def _questions(args: argparse.Namespace) -> int:
    from posdevkit.probing import QUESTIONS

    if args.json:
        write_json([{"key": q.key, "question": q.text, "takes": _takes(q)} for q in QUESTIONS])
        return exits.OK
    for question in QUESTIONS:
        say(f"{question.key:12}{question.text}")
        say(f"{'':12}{_takes(question)}")
    return exits.OK


def _takes(question: Question) -> str:
    if question.kind == "number":
        return f"a number from {question.low:g} to {question.high:g}"
    if question.kind == "pages":
        return 'an object of numbers and code pages, as {"16": "cp1252", "17": "none"}'
    return f"{'one' if question.kind == 'one' else 'some'} of {', '.join(question.choices)}"


def _json_of(path: str) -> object:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
        return json.loads(text)
    except (OSError, ValueError) as problem:
        detail = problem.strerror if isinstance(problem, OSError) else problem
        raise UsageError(f"{path}: {detail}", remedy="Give a file that holds one JSON object.") from None


def _interview(language: ReceiptLanguage) -> dict[str, object]:
    """Every question on the terminal, until each has an answer that can be taken or none."""
    from posdevkit.probing import questions_for, read_answers

    answers: dict[str, object] = {}
    say('Enter alone is "not sure".')
    for question in questions_for(language):
        if question.kind == "pages":
            answers[question.key] = _pages(language)
            continue
        while (said := _said(f"{question.text} [{_takes(question)}] ")) is not None:
            try:
                read_answers({question.key: said})
            except UsageError as wrong:
                say(f"  {clean(wrong.detail)}")
                continue
            answers[question.key] = said
            break
    return answers


def _pages(language: ReceiptLanguage) -> dict[str, object]:
    """Line by line, the one that tells most first, until one maker's list is left."""
    from posdevkit.probing import candidates, family_of, next_number, shown

    family = family_of(language)
    told: dict[int, str] = {}
    unsure: set[int] = set()
    say("Code pages: which of these does the line show?")
    while (number := next_number(told, frozenset(unsure), family)) is not None:
        names = [*candidates(number, family), "none"]
        say(f"  line {number}:")
        for place, name in enumerate(names, 1):
            say(f"    {place}  {shown(number, name, family)}  ({name})")
        said = _said(f"  1 to {len(names)}: ")
        if said is not None and said.isdigit() and 1 <= int(said) <= len(names):
            told[number] = names[int(said) - 1]
        else:
            unsure.add(number)
    return {str(number): name for number, name in told.items()}


def _said(prompt: str) -> str | None:
    """What a person typed; None for nothing, and at the end of the input."""
    try:
        return input(prompt).strip() or None
    except EOFError:
        return None

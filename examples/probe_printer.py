"""Make a profile of a printer that there is none of, from answers in a JSON file.

python examples/probe_printer.py tcp://192.168.1.87 page           # prints the page to read
python examples/probe_printer.py tcp://192.168.1.87 answers.json   # writes my-printer.toml

`posdevkit profile questions` lists what can be answered.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

import posdevkit as pos


def main(url: str, answers: str) -> None:
    told = pos.ask_printer(url, page=answers == "page")
    print(f"It says it is {told.maker} {told.model}." if told.model else "It does not say what it is.")
    if answers == "page":
        return
    read = pos.read_answers(json.loads(Path(answers).read_text("utf-8")))
    today = datetime.now().astimezone().date()
    Path("my-printer.toml").write_text(pos.profile_toml(told, read, day=today), "utf-8")
    with pos.ReceiptPrinter.open(url, profile="my-printer.toml") as printer:
        print(printer.print(pos.Receipt().text("Printed with a profile of its own").cut()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "page")

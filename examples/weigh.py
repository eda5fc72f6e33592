"""Weigh something, and take "no weight now" for what it is.

python examples/weigh.py serial:///dev/ttyUSB0
"""

import sys

import posdevkit as pos


def main(url: str) -> None:
    with pos.Scale.open(url) as scale:
        match scale.weigh(timeout=3):
            case pos.Weight(grams=grams):
                print(f"{grams} g")
            case pos.NoWeight(reasons=reasons):
                print("no weight now:", *(reason.name.lower() for reason in reasons))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:4002")

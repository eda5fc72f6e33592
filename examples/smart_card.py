"""Ask a card in a reader of the system which applications it has, and show no more than how it answered.

pip install "posdevkit[pcsc]"
posdevkit discover --only pcsc
python examples/smart_card.py "pcsc://ACS ACR122U"
"""

import asyncio
import sys

import posdevkit as pos
from posdevkit.registry import open_exchange_link
from posdevkit.runtime import Deadline

NAME = b"2PAY.SYS.DDF01"  # the directory of contactless payment applications (EMV Book B, 3.3)
SELECT = bytes((0x00, 0xA4, 0x04, 0x00, len(NAME))) + NAME + b"\x00"  # ISO 7816-4, 11.2.2


async def main(url: str) -> None:
    link = open_exchange_link(url)
    try:
        await link.open(Deadline.after(5))
        *data, high, low = await link.exchange(SELECT)
        print(f"{link.url}: the card answers {high:02X}{low:02X} and {len(data)} bytes")
        # 9000: it has such a directory. What stands in it may be told; numbers in other files belong to nobody's log.
        print("a payment card" if (high, low) == (0x90, 0x00) else "no contactless payment card")
    except pos.PosError as problem:
        print(problem)  # says what to do: start the service, plug the reader in, put the card on it
    finally:
        await link.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))

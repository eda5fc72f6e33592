"""Show an item and its price on a customer display, with asyncio.

python examples/customer_display.py serial:///dev/ttyUSB0 cd5220
"""

import asyncio
import sys

from posdevkit import aio


async def main(url: str, language: str) -> None:
    async with aio.Display.open(url, language=language) as display:
        await display.show("Flat white", "38,00")
        await display.brightness(3)
    print("Shown; a display never confirms that it did.")


if __name__ == "__main__":
    asyncio.run(main(*(sys.argv[1:] if len(sys.argv) == 3 else ("tcp://127.0.0.1:4001", "cd5220"))))

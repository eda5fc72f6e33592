"""What a printer tells by itself, in three faces: a loop that waits, a callback, and `async for`.

python examples/events.py tcp://192.168.1.87      then open and close its cover three times
"""

import asyncio
import sys
import threading

import posdevkit as pos
from posdevkit import aio


def with_a_loop(printer: pos.ReceiptPrinter) -> None:
    with printer.events() as events:
        print("loop: ready", flush=True)
        for event in events.blocking(timeout=30):
            print(f"loop: {event}", flush=True)
            if isinstance(event, pos.StatusChanged) and event.status.can_print:
                return


def with_a_callback(printer: pos.ReceiptPrinter) -> None:
    closed = threading.Event()

    def tell(event: pos.DeviceEvent) -> None:
        print(f"callback on {threading.current_thread().name}: {event}", flush=True)
        if isinstance(event, pos.StatusChanged) and event.status.can_print:
            closed.set()

    stop = printer.events().on(tell)  # with dispatch=, on a window's own thread instead
    print("callback: ready", flush=True)
    closed.wait(30)
    stop()


async def with_asyncio(url: str) -> None:
    async with aio.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer, printer.events() as events:
        print("async: ready", flush=True)
        async for event in events:
            print(f"async: {event}", flush=True)
            if isinstance(event, pos.StatusChanged) and event.status.can_print:
                return


def main(url: str) -> None:
    with pos.ReceiptPrinter.open(url, profile="epson-tm-t88v") as printer:
        with_a_loop(printer)
        with_a_callback(printer)
    asyncio.run(with_asyncio(url))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tcp://127.0.0.1:9100")

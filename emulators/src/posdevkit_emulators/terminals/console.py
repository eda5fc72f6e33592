"""`posdevkit emulate payment-terminal`: a terminal that approves, or fails as it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from argparse import Namespace
from typing import Final

from posdevkit.errors import BadUrl, Unsupported
from posdevkit.links.url import parse_url

from .bench import PaymentTerminalBench

__all__ = ["payment_terminal"]

_DEFAULT: Final = "zvt://127.0.0.1:20007"
_PORT: Final = 20007
_EXIT: Final = {signal.SIGINT: 130, signal.SIGTERM: 143}


def payment_terminal(args: Namespace) -> int:
    """Run it until it is told to end: 130 after Ctrl-C, 143 after SIGTERM. Raises PosError before it listens."""
    if (language := getattr(args, "protocol", None) or "zvt") != "zvt":
        raise Unsupported(f"no terminal speaks {language!r} here", remedy="Use --protocol zvt.")
    try:
        return asyncio.run(_serve(args))
    except KeyboardInterrupt:
        return _EXIT[signal.SIGINT]


async def _serve(args: Namespace) -> int:
    url = parse_url(args.listen or _DEFAULT)
    if url.scheme not in ("tcp", "zvt"):
        raise BadUrl(f"{str(url)!r}: terminals listen on tcp://", remedy=f"Use --listen {_DEFAULT}.")
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def say(event: str, detail: str) -> None:
        print(json.dumps({"event": event, "detail": detail}) if args.json else detail, flush=True)  # noqa: T201

    def end(code: int) -> None:
        if not ended.done():
            ended.set_result(code)

    for number, code in _EXIT.items():
        with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, end, code)
    async with PaymentTerminalBench(
        *args.fault,
        host=url.address,
        port=_PORT if url.port is None else url.port,
        save=args.save,
        on_event=lambda text: say("payment", text),
    ) as bench:
        say("listening", bench.url)
        return await ended

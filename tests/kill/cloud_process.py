"""A process that carries a store to the cloud and dies at a named point: `cloud_process.py FILE URL TOKEN POINT`.

With POINT "never" it sends all there is and pulls all there is.
"""

from __future__ import annotations

import asyncio
import os
import sys

from posdevkit.cloud import CloudClient
from posdevkit.cloud.states import CloudPoint
from posdevkit.errors import Claimed
from posdevkit.secret import Secret


async def main(path: str, url: str, token: str, point: str) -> None:
    def passed(now: CloudPoint) -> None:
        if now.value == point:
            os.kill(os.getpid(), 9)  # SIGKILL; on Windows TerminateProcess, with this exit status

    try:
        client = await CloudClient.open(path, url, Secret(token), background=False)
    except Claimed as problem:
        print(f"claimed: {problem.remedy()}", flush=True)
        return
    async with client:
        client._keeper.passed = passed
        await client.push()
        count = await client.pull()
        print(client.status().pending, count, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))

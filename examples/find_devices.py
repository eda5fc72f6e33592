"""Find the devices of this machine and its network, then tell those that come and go.

python examples/find_devices.py            # every cable, and this machine's own subnets
python examples/find_devices.py emulators  # emulated devices alone
"""

import sys

import posdevkit as pos


def main(only: list[str]) -> None:
    survey = pos.discover(only=only, timeout=3, on_found=lambda one: print(f"found {one.url}: {one.what}"))
    for skipped in survey.skipped:
        print(f"{skipped.source} was not searched: {skipped.problem.remedy()}")
    with pos.DeviceWatch.open(only=only, every=1) as watch, watch.events() as events:
        for event in events.blocking(timeout=5):  # ends after five quiet seconds
            if isinstance(event, pos.DeviceCame):
                print(f"came {event.device}: {event.found.kind}, profile {event.found.profile} ({event.found.why})")
            elif isinstance(event, pos.DeviceGone):
                print(f"gone {event.device}")


if __name__ == "__main__":
    main(sys.argv[1:])

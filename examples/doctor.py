"""Ask what keeps devices from working, as `posdevkit doctor` does, and pack what support wants to see.

python examples/doctor.py                # every cable
python examples/doctor.py emulators      # emulated devices alone
"""

import sys
from pathlib import Path

import posdevkit as pos


def main(only: list[str]) -> None:
    shop = "shop.toml" if Path("shop.toml").exists() else None
    diagnosis = pos.diagnose(config=shop, only=only)
    for device in diagnosis.devices:
        print(f"{device.label}: {device.kind}, {device.url or 'cannot be opened as it is'}")
    for finding in diagnosis.findings:
        print(f"{finding.severity.value}: {finding.message()}. {finding.remedy()}")
        if finding.command:
            print(f"  {finding.command}")
    if diagnosis.well:
        print("Nothing to mend.")
    else:
        pos.write_bundle("support.zip", diagnosis)
        print("support.zip holds this for whoever helps, without serial numbers and secrets.")


if __name__ == "__main__":
    main(sys.argv[1:])

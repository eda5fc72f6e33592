"""The scanner's driver against the suite, over every wire that the emulators have."""

from posdevkit_emulators.conformance import SCANNER
from posdevkit_emulators.conformance.emulated import runs_here
from posdevkit_emulators.conformance.emulated.scanners import SCANNER_WIRES

test_scanner = SCANNER.tests(*filter(runs_here, SCANNER_WIRES))

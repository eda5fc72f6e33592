"""The drivers of displays and scales against their suites, over every wire that the emulators have."""

from posdevkit_emulators.conformance import DISPLAY, SCALE
from posdevkit_emulators.conformance.emulated import runs_here
from posdevkit_emulators.conformance.emulated.gadgets import DISPLAY_WIRES, SCALE_WIRES

test_display = DISPLAY.tests(*filter(runs_here, DISPLAY_WIRES))
test_scale = SCALE.tests(*filter(runs_here, SCALE_WIRES))

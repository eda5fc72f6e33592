"""The card reader's driver against the suite, over every wire that the emulators have."""

from posdevkit_emulators.conformance import CARD_READER
from posdevkit_emulators.conformance.emulated import runs_here
from posdevkit_emulators.conformance.emulated.card_readers import CARD_READER_WIRES

test_card_reader = CARD_READER.tests(*filter(runs_here, CARD_READER_WIRES))

"""The payment terminal's driver against the suite."""

from posdevkit_emulators.conformance import PAYMENT_TERMINAL
from posdevkit_emulators.conformance.emulated.payment_terminals import PAYMENT_TERMINAL_WIRES

test_payment_terminal = PAYMENT_TERMINAL.tests(*PAYMENT_TERMINAL_WIRES)

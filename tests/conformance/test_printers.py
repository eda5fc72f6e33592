"""The printers' drivers against the suite, over every wire that the emulators have."""

from posdevkit_emulators.conformance import LABEL_PRINTER, RECEIPT_PRINTER
from posdevkit_emulators.conformance.emulated.printers import LABEL_PRINTER_WIRES, RECEIPT_PRINTER_WIRES

test_receipt_printer = RECEIPT_PRINTER.tests(*RECEIPT_PRINTER_WIRES)
test_label_printer = LABEL_PRINTER.tests(*LABEL_PRINTER_WIRES)

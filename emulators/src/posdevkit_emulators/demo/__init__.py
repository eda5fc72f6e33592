"""`posdevkit demo`: a piece of a morning in a shop whose devices are all emulated, told as it happens."""

"""`posdevkit demo`: a morning in a shop whose devices are all emulated, told as it happens and summed at the end."""

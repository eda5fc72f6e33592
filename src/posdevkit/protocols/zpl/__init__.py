"""ZPL II, the label language of Zebra's printers and of many others."""

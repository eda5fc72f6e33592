"""Tables of display commands, one module per language."""

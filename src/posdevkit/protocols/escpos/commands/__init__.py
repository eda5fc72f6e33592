"""ESC/POS commands by kind. Sources are pages of Epson's ESC/POS command reference, by their short names."""

"""Customer displays of two lines: CD5220 and Epson DM-D, each a table of commands and a dialect that uses it."""
